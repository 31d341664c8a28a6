// The buffer type for weights in panels. It is not host memory to ggml: nobody else may read what lies in it.
#define _GNU_SOURCE
#include "weights.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "matmul.h"

// Memory comes in huge pages where the system has them: a step reads all of it, and small pages would be looked up each time.
enum { ALIGNMENT = 64, HUGE_PAGE = 2 * 1024 * 1024 };

enum { MOST_PACKERS = 16, LEAST_PANELS = 8 };

static const char *name(ggml_backend_buffer_type_t type) {
  (void)type;
  return "Slipway";
}

static size_t alignment(ggml_backend_buffer_type_t type) {
  (void)type;
  return ALIGNMENT;
}

static void free_buffer(ggml_backend_buffer_t buffer) { free(buffer->context); }

static void *base(ggml_backend_buffer_t buffer) { return buffer->context; }

static void fill(ggml_backend_buffer_t buffer, struct ggml_tensor *tensor, uint8_t value, size_t offset, size_t size) {
  (void)buffer;
  memset((char *)tensor->data + offset, value, size);
}

// A share of a tensor's rows that one thread packs.
struct packing {
  const struct ggml_tensor *tensor;
  int64_t first, rows;
  const char *data;
};

static void *pack_share(void *argument) {
  const struct packing *share = argument;
  matmul_pack(share->tensor, share->first, share->rows, share->data, share->tensor->data);
  return NULL;
}

static int64_t packers(int64_t panels) {
  cpu_set_t allowed;
  const int64_t cores = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
  const int64_t most = cores < MOST_PACKERS ? cores : MOST_PACKERS;
  return panels < most * LEAST_PANELS ? 1 : most;
}

static void pack(const struct ggml_tensor *tensor, int64_t first, int64_t rows, const char *data) {
  const int64_t panels = rows / PANEL_ROWS, count = packers(panels), piece = (panels + count - 1) / count * PANEL_ROWS;
  struct packing shares[MOST_PACKERS];
  pthread_t threads[MOST_PACKERS];
  bool started[MOST_PACKERS] = {false};
  for (int64_t i = 0; i < count; i++) {
    const int64_t from = i * piece, left = rows - from;
    if (left <= 0) break;
    shares[i] = (struct packing){tensor, first + from, left < piece ? left : piece, data + (size_t)from * tensor->nb[1]};
    started[i] = i > 0 && pthread_create(&threads[i], NULL, pack_share, &shares[i]) == 0;
    if (i > 0 && !started[i]) pack_share(&shares[i]);
  }
  pack_share(&shares[0]);
  for (int64_t i = 1; i < count; i++)
    if (started[i]) pthread_join(threads[i], NULL);
}

static void set(ggml_backend_buffer_t buffer, struct ggml_tensor *tensor, const void *data, size_t offset, size_t size) {
  (void)buffer;
  if (!matmul_packs(tensor)) {
    memcpy((char *)tensor->data + offset, data, size);
    return;
  }
  const size_t panel = tensor->nb[1] * PANEL_ROWS;
  if (offset % panel != 0 || size % panel != 0) abort(); // llama.cpp writes whole tensors
  pack(tensor, (int64_t)(offset / tensor->nb[1]), (int64_t)(size / tensor->nb[1]), data);
}

static void get(ggml_backend_buffer_t buffer, const struct ggml_tensor *tensor, void *data, size_t offset, size_t size) {
  (void)buffer;
  if (matmul_packs(tensor)) abort(); // nobody reads weights back, and panels do not keep every type as it was
  memcpy(data, (const char *)tensor->data + offset, size);
}

static size_t allocation(ggml_backend_buffer_type_t type, const struct ggml_tensor *tensor) {
  (void)type;
  return matmul_packs(tensor) ? matmul_packed_bytes(tensor) : ggml_nbytes(tensor);
}

static void clear(ggml_backend_buffer_t buffer, uint8_t value) { memset(buffer->context, value, buffer->size); }

static ggml_backend_buffer_t allocate(ggml_backend_buffer_type_t type, size_t size) {
  const size_t rounded = (size + HUGE_PAGE) & ~(size_t)(HUGE_PAGE - 1);
  void *memory = aligned_alloc(HUGE_PAGE, rounded);
  if (memory == NULL) return NULL;
  madvise(memory, rounded, MADV_HUGEPAGE);
  const struct ggml_backend_buffer_i calls = {
      .free_buffer = free_buffer,
      .get_base = base,
      .memset_tensor = fill,
      .set_tensor = set,
      .get_tensor = get,
      .clear = clear,
  };
  return ggml_backend_buffer_init(type, calls, memory, size);
}

static struct ggml_backend_buffer_type weights_type = {
    .iface = {.get_name = name, .alloc_buffer = allocate, .get_alignment = alignment, .get_alloc_size = allocation},
};

ggml_backend_buffer_type_t weights_buffer_type(ggml_backend_dev_t device) {
  weights_type.device = device;
  return &weights_type;
}

bool weights_are_ours(const struct ggml_tensor *tensor) {
  return tensor->buffer != NULL && tensor->buffer->buft == &weights_type;
}
