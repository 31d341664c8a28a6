#define _GNU_SOURCE
#include "team.h"

#include <immintrin.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "team-internal.h"

// Long enough for the uneven end of a node, short enough that a thread without work gives its core to others.
#define SPIN_NANOSECONDS 40000

static void futex_wait(atomic_int *word, int seen) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void futex_wake_all(atomic_int *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0); }

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// wait_for_change returns once *word is no longer `seen`; it sleeps after a bounded spin.
static void wait_for_change(struct signal *signal, int seen) {
  const int64_t end = now() + SPIN_NANOSECONDS;
  do {
    for (int i = 0; i < 64; i++) {
      if (atomic_load_explicit(&signal->word, memory_order_acquire) != seen) return;
      _mm_pause();
    }
  } while (now() < end);
  atomic_fetch_add(&signal->sleepers, 1);
  while (atomic_load(&signal->word) == seen) futex_wait(&signal->word, seen);
  atomic_fetch_sub(&signal->sleepers, 1);
}

static void change(struct signal *signal) {
  atomic_fetch_add(&signal->word, 1);
  if (atomic_load(&signal->sleepers) > 0) futex_wake_all(&signal->word);
}

void barrier(member *self) {
  struct team *team = self->team;
  if (self->size == 1) return;
  const int seen = atomic_load_explicit(&team->passed.word, memory_order_relaxed);
  if (atomic_fetch_add(&team->arrived, 1) == self->size - 1) {
    atomic_store_explicit(&team->arrived, 0, memory_order_relaxed);
    change(&team->passed);
  } else {
    wait_for_change(&team->passed, seen);
  }
}

static char *grown(char *old, size_t *have, size_t bytes) {
  if (bytes <= *have) return old;
  free(old);
  *have = (bytes + bytes / 4 + 63) & ~(size_t)63;
  char *memory = aligned_alloc(64, *have);
  if (memory == NULL) abort(); // as ggml does: half a node cannot be taken back
  return memory;
}

void *scratch(member *self, size_t bytes) {
  struct team *team = self->team;
  struct room *room = &team->rooms[self->index];
  return room->data = grown(room->data, &room->bytes, bytes);
}

void *keep(member *self, size_t bytes) {
  struct room *room = &self->team->kept[self->index];
  const size_t before = room->bytes;
  room->data = grown(room->data, &room->bytes, bytes);
  if (room->bytes != before) memset(room->data, 0, room->bytes);
  return room->data;
}

void *team_shared(member *self, size_t bytes) {
  struct team *team = self->team;
  pthread_mutex_lock(&team->lock);
  char *data = team->shared.data = grown(team->shared.data, &team->shared.bytes, bytes);
  pthread_mutex_unlock(&team->lock);
  return data;
}

void spread(member *self) {
  struct team *team = self->team;
  const int here = sched_getcpu();
  atomic_store_explicit(&team->cores[self->index], here, memory_order_relaxed);
  bool shared = false;
  cpu_set_t allowed, free_cores;
  for (int i = 0; i < self->index; i++) shared |= atomic_load_explicit(&team->cores[i], memory_order_relaxed) == here;
  if (!shared || sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  free_cores = allowed;
  for (int i = 0; i < self->size; i++)
    if (i != self->index) CPU_CLR((size_t)atomic_load_explicit(&team->cores[i], memory_order_relaxed), &free_cores);
  if (CPU_COUNT(&free_cores) == 0 || sched_setaffinity(0, sizeof free_cores, &free_cores) != 0) return;
  sched_setaffinity(0, sizeof allowed, &allowed);
  atomic_store_explicit(&team->cores[self->index], sched_getcpu(), memory_order_relaxed);
}

static void *worker(void *argument) {
  struct seat *seat = argument;
  struct team *team = seat->team;
  int seen = seat->first_job;
  for (;;) {
    wait_for_change(&team->job, seen);
    seen = atomic_load_explicit(&team->job.word, memory_order_acquire);
    if (team->ended) return NULL;
    // A smaller team than there are threads: the rest looks on. All report, so that the next job finds nobody here.
    if (seat->index < team->size) {
      member self = {.index = seat->index, .size = team->size, .team = team};
      team->work(&self, team->argument);
    }
    if (atomic_fetch_sub(&team->busy, 1) == 1) change(&team->done);
  }
}

struct team *team_new(void) {
  struct team *team = aligned_alloc(64, sizeof *team);
  if (team == NULL) return NULL;
  *team = (struct team){.size = 1};
  pthread_mutex_init(&team->lock, NULL);
  return team;
}

void team_resize(struct team *team, int size) {
  team->wanted = size < 1 ? 1 : size > MOST_THREADS ? MOST_THREADS : size;
}

static void hire(struct team *team) {
  while (team->threads < team->wanted - 1) {
    struct seat *seat = &team->seats[team->threads];
    *seat = (struct seat){.team = team, .index = team->threads + 1, .first_job = atomic_load(&team->job.word)};
    // Without another thread the work is done by those that there are.
    if (pthread_create(&seat->thread, NULL, worker, seat) != 0) break;
    team->threads++;
  }
}

void team_run(struct team *team, void (*work)(member *, void *), void *argument) {
  hire(team);
  team->size = team->wanted <= team->threads ? team->wanted : team->threads + 1;
  member self = {.index = 0, .size = team->size, .team = team};
  if (team->size == 1) {
    work(&self, argument);
    return;
  }
  team->work = work;
  team->argument = argument;
  const int seen = atomic_load(&team->done.word);
  atomic_store(&team->busy, team->threads);
  change(&team->job);
  work(&self, argument);
  wait_for_change(&team->done, seen);
}

void team_free(struct team *team) {
  team->ended = 1;
  change(&team->job);
  for (int i = 0; i < team->threads; i++) pthread_join(team->seats[i].thread, NULL);
  for (int i = 0; i < MOST_THREADS; i++) {
    free(team->rooms[i].data);
    free(team->kept[i].data);
  }
  free(team->shared.data);
  pthread_mutex_destroy(&team->lock);
  free(team);
}
