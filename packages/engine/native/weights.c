// The buffer type for weights in panels. It is not host memory to ggml: nobody else may read what lies in it.
#define _GNU_SOURCE
#include "weights.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "matmul.h"

// Memory comes in huge pages where the system has them: a step reads all of it, and small pages would be looked up each time.
enum { ALIGNMENT = 64, HUGE_PAGE = 2 * 1024 * 1024 };

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

// whole_panels says how many rows `size` bytes are; 0 when they, or where they begin, cut a panel.
static int64_t whole_panels(const struct ggml_tensor *tensor, size_t offset, size_t size) {
  const size_t panel = tensor->nb[1] * PANEL_ROWS;
  return offset % panel == 0 && size % panel == 0 ? (int64_t)(size / tensor->nb[1]) : 0;
}

static void set(ggml_backend_buffer_t buffer, struct ggml_tensor *tensor, const void *data, size_t offset, size_t size) {
  (void)buffer;
  char *to = (char *)tensor->data + offset;
  if (!matmul_packs(tensor)) {
    memcpy(to, data, size);
    return;
  }
  const int64_t rows = whole_panels(tensor, offset, size);
  if (rows == 0) abort(); // llama.cpp writes whole tensors
  matmul_pack(tensor->type, tensor->ne[0], rows, data, to);
}

static void get(ggml_backend_buffer_t buffer, const struct ggml_tensor *tensor, void *data, size_t offset, size_t size) {
  (void)buffer;
  const char *from = (const char *)tensor->data + offset;
  if (!matmul_packs(tensor)) {
    memcpy(data, from, size);
    return;
  }
  const int64_t rows = whole_panels(tensor, offset, size);
  if (rows == 0) abort();
  matmul_unpack(tensor->type, tensor->ne[0], rows, from, data);
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
    .iface = {.get_name = name, .alloc_buffer = allocate, .get_alignment = alignment},
};

ggml_backend_buffer_type_t weights_buffer_type(ggml_backend_dev_t device) {
  weights_type.device = device;
  return &weights_type;
}

bool weights_are_ours(const struct ggml_tensor *tensor) {
  return tensor->buffer != NULL && tensor->buffer->buft == &weights_type;
}
