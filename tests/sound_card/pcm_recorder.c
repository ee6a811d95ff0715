/*
 * ALSA I/O plugin "recorder": the sound card of the tests.
 *
 * It hears: every frame that the card's clock (CLOCK_MONOTONIC) has consumed is appended to card.wav; what
 * snd_pcm_drop discards before its time never gets there, as on hardware. It starves: when the clock overtakes
 * the application, the client gets a real xrun (-EPIPE). It can be pulled out and can hang.
 *
 * Configuration (asound.conf):
 *   directory STRING  where card.wav and card.log are written and the two control files are looked for
 *   rate INTEGER      the only rate the card can do (default: 8000 to 192000 Hz)
 *   channels INTEGER  the only number of channels the card can do (default: 1 or 2)
 *
 * Control files:
 *   plugged   the card is there as long as this file is; without it every call gives -ENODEV
 *   stalled   the card's clock stands still as long as this file exists
 *
 * card.log: one line an event, "<CLOCK_MONOTONIC seconds> <event> <frames heard so far> <frames discarded>".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>

enum { WAV_HEADER_BYTES = 44, SAMPLE_BYTES = 2, TICK_NS = 1000000 };

struct recorder {
    snd_pcm_ioplug_t io;
    char *directory;
    int wav;                  /* card.wav, or -1 before the first prepare */
    int log;
    uint64_t heard;           /* frames in card.wav, earlier streams included */
    char *ring;               /* the card's own memory: buffer_size frames */
    uint64_t written;         /* frames of this stream that were put into the ring */
    uint64_t played;          /* frames of this stream that have left it */
    bool running;
    int64_t origin_ns;        /* when frame 0 of this stream was, or would have been, played */
    uint64_t origin_frame;
    int64_t seen_ns;          /* when the clock was last looked at */
};

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static char *path_of(const struct recorder *card, const char *name)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s", card->directory, name) < 0 ? NULL : path;
}

static bool exists(const struct recorder *card, const char *name)
{
    char *path = path_of(card, name);
    bool found = path && access(path, F_OK) == 0;
    free(path);
    return found;
}

static int open_in(const struct recorder *card, const char *name, int flags)
{
    char *path = path_of(card, name);
    int fd = path ? open(path, flags | O_CREAT | O_CLOEXEC, 0644) : -1;
    free(path);
    return fd < 0 ? -errno : fd;
}

static size_t frame_bytes(const struct recorder *card)
{
    return SAMPLE_BYTES * card->io.channels;
}

static void note(struct recorder *card, const char *event, uint64_t discarded)
{
    int64_t ns = now_ns();
    dprintf(card->log, "%lld.%09lld %s %llu %llu\n", (long long)(ns / 1000000000), (long long)(ns % 1000000000),
            event, (unsigned long long)card->heard, (unsigned long long)discarded);
}

/* ---- card.wav: valid after every append ------------------------------------------------------------------ */

static void put_le(unsigned char *at, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

static int write_wav_header(struct recorder *card)
{
    unsigned char header[WAV_HEADER_BYTES] = "RIFF....WAVEfmt ................" "....data";
    uint32_t data_bytes = (uint32_t)(card->heard * frame_bytes(card));
    put_le(header + 4, data_bytes + WAV_HEADER_BYTES - 8, 4);
    put_le(header + 16, 16, 4);
    put_le(header + 20, 1, 2); /* PCM */
    put_le(header + 22, card->io.channels, 2);
    put_le(header + 24, card->io.rate, 4);
    put_le(header + 28, (uint32_t)(card->io.rate * frame_bytes(card)), 4);
    put_le(header + 32, (uint32_t)frame_bytes(card), 2);
    put_le(header + 34, 8 * SAMPLE_BYTES, 2);
    put_le(header + 40, data_bytes, 4);
    return pwrite(card->wav, header, sizeof header, 0) == sizeof header ? 0 : -EIO;
}

/* One recording has one format: a later stream in another one is refused. */
static int continue_wav(struct recorder *card)
{
    unsigned char header[WAV_HEADER_BYTES];
    if (pread(card->wav, header, sizeof header, 0) != sizeof header)
        return -EIO;
    uint32_t rate = header[24] | header[25] << 8 | (uint32_t)header[26] << 16;
    if (header[22] != card->io.channels || rate != card->io.rate)
        return -EINVAL;
    struct stat file;
    fstat(card->wav, &file);
    card->heard = ((uint64_t)file.st_size - WAV_HEADER_BYTES) / frame_bytes(card);
    return 0;
}

static int open_wav(struct recorder *card)
{
    struct stat file;
    card->wav = open_in(card, "card.wav", O_RDWR);
    if (card->wav < 0)
        return card->wav;
    fstat(card->wav, &file);
    return file.st_size ? continue_wav(card) : write_wav_header(card);
}

static void append_wav(struct recorder *card, const char *pcm, uint64_t frames)
{
    off_t end = WAV_HEADER_BYTES + (off_t)(card->heard * frame_bytes(card));
    if (pwrite(card->wav, pcm, frames * frame_bytes(card), end) < 0)
        return;
    card->heard += frames;
    write_wav_header(card);
}

/* ---- the card's clock -------------------------------------------------------------------------------------- */

/* How many frames of this stream the clock has asked for. */
static uint64_t due(struct recorder *card)
{
    int64_t now = now_ns();
    if (exists(card, "stalled"))
        card->origin_ns += now - card->seen_ns;
    card->seen_ns = now;
    return card->origin_frame + (uint64_t)(now - card->origin_ns) * card->io.rate / 1000000000;
}

/* Plays what is due. False: the clock wanted more than there was. */
static bool advance(struct recorder *card)
{
    uint64_t wanted = due(card);
    uint64_t until = wanted < card->written ? wanted : card->written;
    while (card->played < until) {
        uint64_t at = card->played % card->io.buffer_size;
        uint64_t frames = until - card->played;
        if (frames > card->io.buffer_size - at)
            frames = card->io.buffer_size - at;
        append_wav(card, card->ring + at * frame_bytes(card), frames);
        card->played += frames;
    }
    return wanted < card->written;
}

/* ---- callbacks ----------------------------------------------------------------------------------------------- */

static int recorder_prepare(snd_pcm_ioplug_t *io)
{
    struct recorder *card = io->private_data;
    if (!exists(card, "plugged"))
        return -ENODEV;
    if (card->wav < 0) {
        int error = open_wav(card);
        if (error < 0)
            return error;
    }
    free(card->ring);
    card->ring = calloc(io->buffer_size, frame_bytes(card));
    card->written = card->played = 0;
    card->running = false;
    return card->ring ? 0 : -ENOMEM;
}

static int recorder_start(snd_pcm_ioplug_t *io)
{
    struct recorder *card = io->private_data;
    if (!exists(card, "plugged"))
        return -ENODEV;
    card->origin_ns = card->seen_ns = now_ns();
    card->origin_frame = card->played;
    card->running = true;
    note(card, "start", 0);
    return 0;
}

static int recorder_stop(snd_pcm_ioplug_t *io)
{
    struct recorder *card = io->private_data;
    if (card->running) {
        advance(card);
        note(card, card->played < card->written ? "drop" : "stop", card->written - card->played);
    }
    card->running = false;
    card->written = card->played;
    return 0;
}

static snd_pcm_sframes_t lose(struct recorder *card, const char *event, int error)
{
    note(card, event, card->written - card->played);
    card->running = false;
    card->written = card->played;
    return error;
}

static snd_pcm_sframes_t recorder_pointer(snd_pcm_ioplug_t *io)
{
    struct recorder *card = io->private_data;
    if (card->running && !exists(card, "plugged"))
        return lose(card, "unplugged", -ENODEV);
    if (card->running && !advance(card) && io->state != SND_PCM_STATE_DRAINING)
        return lose(card, "xrun", -EPIPE);
    return (snd_pcm_sframes_t)(card->played % io->buffer_size);
}

static snd_pcm_sframes_t recorder_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
                                           snd_pcm_uframes_t offset, snd_pcm_uframes_t size)
{
    struct recorder *card = io->private_data;
    if (!exists(card, "plugged"))
        return -ENODEV;
    const char *pcm = (const char *)areas->addr + (areas->first + areas->step * offset) / 8;
    for (snd_pcm_uframes_t i = 0; i < size; i++, card->written++)
        memcpy(card->ring + card->written % io->buffer_size * frame_bytes(card), pcm + i * frame_bytes(card),
               frame_bytes(card));
    return (snd_pcm_sframes_t)size;
}

/* The poll descriptor only ticks; whether there is room is looked up at every tick. */
static int recorder_poll_revents(snd_pcm_ioplug_t *io, struct pollfd *pfd, unsigned int nfds,
                                 unsigned short *revents)
{
    uint64_t ticks;
    *revents = 0;
    if (nfds != 1 || !(pfd->revents & POLLIN) || read(io->poll_fd, &ticks, sizeof ticks) < 0)
        return 0;
    snd_pcm_sframes_t room = snd_pcm_avail_update(io->pcm);
    if (room < 0)
        *revents = POLLOUT | POLLERR;
    else if ((snd_pcm_uframes_t)room >= io->period_size)
        *revents = POLLOUT;
    return 0;
}

static int recorder_close(snd_pcm_ioplug_t *io)
{
    struct recorder *card = io->private_data;
    if (card->wav >= 0)
        close(card->wav);
    close(card->log);
    close(io->poll_fd);
    free(card->ring);
    free(card->directory);
    free(card);
    return 0;
}

static const snd_pcm_ioplug_callback_t CALLBACKS = {
    .prepare = recorder_prepare,
    .start = recorder_start,
    .stop = recorder_stop,
    .pointer = recorder_pointer,
    .transfer = recorder_transfer,
    .poll_revents = recorder_poll_revents,
    .close = recorder_close,
};

/* ---- opening --------------------------------------------------------------------------------------------------- */

static int set_constraints(snd_pcm_ioplug_t *io, unsigned int rate, unsigned int channels)
{
    static const unsigned int access[] = {SND_PCM_ACCESS_MMAP_INTERLEAVED, SND_PCM_ACCESS_RW_INTERLEAVED};
    static const unsigned int format[] = {SND_PCM_FORMAT_S16_LE};
    const struct { int type; unsigned int min, max; } ranges[] = {
        {SND_PCM_IOPLUG_HW_CHANNELS, channels ? channels : 1, channels ? channels : 2},
        {SND_PCM_IOPLUG_HW_RATE, rate ? rate : 8000, rate ? rate : 192000},
        {SND_PCM_IOPLUG_HW_PERIOD_BYTES, 128, 65536},
        {SND_PCM_IOPLUG_HW_PERIODS, 2, 64},
    };
    int error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 2, access);
    if (error >= 0)
        error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
    for (size_t i = 0; error >= 0 && i < sizeof ranges / sizeof *ranges; i++)
        error = snd_pcm_ioplug_set_param_minmax(io, ranges[i].type, ranges[i].min, ranges[i].max);
    return error;
}

static int start_ticking(void)
{
    static const struct itimerspec tick = {{0, TICK_NS}, {0, TICK_NS}};
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd >= 0)
        timerfd_settime(fd, 0, &tick, NULL);
    return fd;
}

static struct recorder *new_recorder(const char *directory)
{
    struct recorder *card = calloc(1, sizeof *card);
    if (!card)
        return NULL;
    card->directory = strdup(directory);
    card->wav = -1;
    card->log = open_in(card, "card.log", O_WRONLY | O_APPEND);
    card->io.version = SND_PCM_IOPLUG_VERSION;
    card->io.name = "Recording sound card";
    card->io.callback = &CALLBACKS;
    card->io.private_data = card;
    card->io.poll_fd = start_ticking();
    card->io.poll_events = POLLIN;
    return card;
}

SND_PCM_PLUGIN_DEFINE_FUNC(recorder)
{
    snd_config_iterator_t i, next;
    const char *directory = NULL;
    long rate = 0, channels = 0;
    (void)root;
    snd_config_for_each(i, next, conf)
    {
        snd_config_t *entry = snd_config_iterator_entry(i);
        const char *id;
        if (snd_config_get_id(entry, &id) < 0)
            continue;
        if (strcmp(id, "directory") == 0)
            snd_config_get_string(entry, &directory);
        else if (strcmp(id, "rate") == 0)
            snd_config_get_integer(entry, &rate);
        else if (strcmp(id, "channels") == 0)
            snd_config_get_integer(entry, &channels);
    }
    if (!directory || stream != SND_PCM_STREAM_PLAYBACK)
        return -EINVAL;
    struct recorder *card = new_recorder(directory);
    if (!card)
        return -ENOMEM;
    if (!exists(card, "plugged")) {
        recorder_close(&card->io);
        return -ENODEV;
    }
    int error = snd_pcm_ioplug_create(&card->io, name, stream, mode);
    if (error < 0) {
        recorder_close(&card->io);
        return error;
    }
    error = set_constraints(&card->io, (unsigned int)rate, (unsigned int)channels);
    if (error < 0) {
        snd_pcm_ioplug_delete(&card->io);
        return error;
    }
    *pcmp = card->io.pcm;
    return 0;
}

SND_PCM_PLUGIN_SYMBOL(recorder);
