#include <cstdlib>
#include <stdexcept>
#include <string>

#include "path.h"

namespace edge {

extern const Path reference_path;
#if defined(__x86_64__)
extern const Path avx512vnni_path, avxvnni_path, avx2_path;
static const Path* const all[] = {&avx512vnni_path, &avxvnni_path, &avx2_path, &reference_path};
#elif defined(__aarch64__)
extern const Path neondot_path, neon_path;
static const Path* const all[] = {&neondot_path, &neon_path, &reference_path};
#else
static const Path* const all[] = {&reference_path};
#endif

namespace {

const Path& best() {
    for (const Path* path : all) {
        if (path->runs_here()) return *path;
    }
    return reference_path;
}

std::string names() {
    std::string list;
    for (const Path* path : all) list += (list.empty() ? "" : ", ") + std::string(path->name);
    return list;
}

const Path& named(const std::string& name) {
    for (const Path* path : all) {
        if (name != path->name) continue;
        if (path->runs_here()) return *path;
        throw std::invalid_argument("EDGE_INT8_ISA is \"" + name + "\", which this processor cannot run; unset it.");
    }
    throw std::invalid_argument("EDGE_INT8_ISA is \"" + name + "\"; this build knows " + names() + ".");
}

}  // namespace

Paths paths() { return {all, static_cast<int64_t>(sizeof(all) / sizeof(all[0]))}; }

const Path& chosen_path() {
    const char* name = std::getenv("EDGE_INT8_ISA");
    return name == nullptr || *name == '\0' ? best() : named(name);
}

}  // namespace edge
