/* LD_PRELOAD: counts a process's calls that change anything below one folder, writes them down, and dies or fails at
 * one of them. What is counted is what libc offers for that; Python makes no system call of its own.
 *
 * FAULT_FOLDER   the folder, absolute
 * FAULT_AT       the call to act at, from 1; 0: none
 * FAULT_ERRNO    0: the process is killed before that call (in the middle of it, if it writes); else calls that need
 *                room on the disk are counted alone, and fail with this error from there on
 * FAULT_LOG      a file: one line a call that succeeded, fields separated by tabs: which it was of all, its name, path,
 *                second path, bytes written
 *
 * A process that was started with the library may set itself up with fault_arm instead, in a child that it forked.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static int act_at, error_number, counted, log_fd = -1;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

void fault_arm(const char *where, int at, int number, const char *log) {
    snprintf(folder, sizeof folder, "%s", where);
    act_at = at, error_number = number, counted = 0;
    log_fd = log && *log ? REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
}

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

__attribute__((constructor)) static void arm_from_environment(void) {
    if (*setting("FAULT_FOLDER"))
        fault_arm(setting("FAULT_FOLDER"), atoi(setting("FAULT_AT")), atoi(setting("FAULT_ERRNO")),
                  setting("FAULT_LOG"));
}

/* The path that a call means, absolute; empty: unknown. */
static void locate(char *out, int directory, const char *path) {
    char link[64], base[PATH_MAX] = "";
    if (*path == '/') {
        snprintf(out, PATH_MAX, "%s", path);
        return;
    }
    if (directory == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    ssize_t length = readlink(link, base, sizeof base - 1);
    base[length > 0 ? length : 0] = 0;
    if (*path) snprintf(out, PATH_MAX, "%.2000s/%.2000s", base, path);
    else snprintf(out, PATH_MAX, "%s", base);
}

static int is_inside(const char *path) {
    size_t length = strlen(folder);
    return length && !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

/* Counts a call; whether it has to fail. A write that is to be the last is done by half. */
static int strikes(const char *path, int needs_space, int fd, const void *bytes, size_t length) {
    if (!is_inside(path) || (error_number && !needs_space)) return 0;
    counted++;
    if (!act_at || counted < act_at) return 0;
    if (error_number) {
        errno = error_number;
        return 1;
    }
    if (bytes) (void)!REAL(write)(fd, bytes, length / 2);
    kill(getpid(), SIGKILL);
    pause();
    return 1;
}

static void note(const char *name, const char *path, const char *other, long bytes) {
    if (log_fd < 0 || !is_inside(path)) return;
    char line[2 * PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%d\t%s\t%s\t%s\t%ld\n", counted, name, path, other, bytes);
    int kept = errno;
    (void)!REAL(write)(log_fd, line, length);
    errno = kept;
}

#define CHANGES(name, call, needs_space, other)                   \
    do {                                                          \
        if (strikes(path, needs_space, -1, NULL, 0)) return -1;   \
        int result = call;                                        \
        if (result >= 0) note(name, path, other, 0);              \
        return result;                                            \
    } while (0)

static int opens(const char *name, int directory, const char *given, int flags, mode_t mode) {
    char path[PATH_MAX];
    locate(path, directory, given);
    int (*open_at)(int, const char *, int, ...) = real(name);
    if ((flags & O_ACCMODE) == O_RDONLY && !(flags & O_CREAT)) return open_at(directory, given, flags, mode);
    CHANGES("open", open_at(directory, given, flags, mode), 1, "");
}

#define MODE                                                      \
    mode_t mode = 0;                                              \
    if (flags & (O_CREAT | O_TMPFILE)) {                          \
        va_list rest;                                             \
        va_start(rest, flags);                                    \
        mode = va_arg(rest, mode_t);                              \
        va_end(rest);                                             \
    }

int open(const char *path, int flags, ...) { MODE return opens("openat", AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return opens("openat64", AT_FDCWD, path, flags, mode); }
int openat(int directory, const char *path, int flags, ...) { MODE return opens("openat", directory, path, flags, mode); }
int openat64(int directory, const char *path, int flags, ...) {
    MODE return opens("openat64", directory, path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    char path[PATH_MAX];
    if (!*folder) return REAL(write)(fd, bytes, length);
    locate(path, fd, "");
    if (strikes(path, 1, fd, bytes, length)) return -1;
    ssize_t written = REAL(write)(fd, bytes, length);
    if (written >= 0) note("write", path, "", written);
    return written;
}

#define ON_FILE(name, declaration, ...)                           \
    declaration {                                                 \
        char path[PATH_MAX];                                      \
        locate(path, fd, "");                                     \
        CHANGES(#name, REAL(name)(__VA_ARGS__), 0, "");           \
    }
ON_FILE(fsync, int fsync(int fd), fd)
ON_FILE(fdatasync, int fdatasync(int fd), fd)
ON_FILE(fchmod, int fchmod(int fd, mode_t mode), fd, mode)
ON_FILE(ftruncate64, int ftruncate64(int fd, off64_t size), fd, size)

#define ON_PATH(name, parameters, directory, given, needs_space, ...) \
    int name parameters {                                         \
        char path[PATH_MAX];                                      \
        locate(path, directory, given);                           \
        CHANGES(#name, REAL(name)(__VA_ARGS__), needs_space, ""); \
    }
ON_PATH(chmod, (const char *given, mode_t mode), AT_FDCWD, given, 0, given, mode)
ON_PATH(mkdir, (const char *given, mode_t mode), AT_FDCWD, given, 1, given, mode)
ON_PATH(rmdir, (const char *given), AT_FDCWD, given, 0, given)
ON_PATH(unlink, (const char *given), AT_FDCWD, given, 0, given)

int unlinkat(int directory, const char *given, int flags) {
    char path[PATH_MAX];
    locate(path, directory, given);
    CHANGES(flags & AT_REMOVEDIR ? "rmdir" : "unlink", REAL(unlinkat)(directory, given, flags), 0, "");
}

int symlink(const char *target, const char *given) {
    char path[PATH_MAX];
    locate(path, AT_FDCWD, given);
    CHANGES("symlink", REAL(symlink)(target, given), 1, target);
}

int link(const char *source, const char *given) {
    char path[PATH_MAX];
    locate(path, AT_FDCWD, given);
    CHANGES("link", REAL(link)(source, given), 1, source);
}

int linkat(int source_directory, const char *source, int directory, const char *given, int flags) {
    char path[PATH_MAX], from[PATH_MAX];
    locate(path, directory, given);
    locate(from, source_directory, source);
    CHANGES("link", REAL(linkat)(source_directory, source, directory, given, flags), 1, from);
}

int rename(const char *source, const char *given) {
    char path[PATH_MAX], other[PATH_MAX];
    locate(path, AT_FDCWD, source);
    locate(other, AT_FDCWD, given);
    CHANGES("rename", REAL(rename)(source, given), 0, other);
}

int renameat(int source_directory, const char *source, int directory, const char *given) {
    char path[PATH_MAX], other[PATH_MAX];
    locate(path, source_directory, source);
    locate(other, directory, given);
    CHANGES("rename", REAL(renameat)(source_directory, source, directory, given), 0, other);
}

int renameat2(int source_directory, const char *source, int directory, const char *given, unsigned flags) {
    char path[PATH_MAX], other[PATH_MAX];
    locate(path, source_directory, source);
    locate(other, directory, given);
    const char *name = flags & RENAME_EXCHANGE ? "exchange" : "rename";
    CHANGES(name, REAL(renameat2)(source_directory, source, directory, given, flags), 0, other);
}
