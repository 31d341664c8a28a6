// Products with matrices that are not in panels: small ones (LoRA adapters), and output layers that were left in half precision.
#include <immintrin.h>

#include "matmul.h"
#include "rows.h"
#include "vector-math.h"

bool plain_matmul_supported(const struct ggml_tensor *weight) {
  return row_element_bytes(weight->type) != 0 && weight->ne[2] == 1 && weight->ne[3] == 1;
}

// row_as_floats converts one row; a row that is F32 already is returned as it lies.
static const float *row_as_floats(const struct ggml_tensor *weight, int64_t row, float *room) {
  const char *data = (const char *)weight->data + (size_t)row * weight->nb[1];
  if (weight->type == GGML_TYPE_F32) return (const float *)data;
  row_to_floats(weight->type, data, room, weight->ne[0]);
  return room;
}

static float dot(const float *a, const float *b, int64_t count) {
  __m512 sum = _mm512_setzero_ps();
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) sum = _mm512_fmadd_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), sum);
  const __mmask16 rest = lanes_left(count - i);
  sum = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(rest, a + i), _mm512_maskz_loadu_ps(rest, b + i), sum);
  return _mm512_reduce_add_ps(sum);
}

void plain_matmul(const struct ggml_tensor *node, member *self) {
  const struct ggml_tensor *weight = node->src[0], *from = node->src[1];
  const int64_t rows = weight->ne[1], columns = from->ne[1] * from->ne[2] * from->ne[3];
  float *room = scratch(self, (size_t)weight->ne[0] * sizeof(float));
  const int64_t piece = rows / (self->size * 4) + 1;
  for (int64_t first = take(self, piece); first < rows; first = take(self, piece)) {
    const int64_t end = first + piece < rows ? first + piece : rows;
    for (int64_t row = first; row < end; row++) {
      const float *weights = row_as_floats(weight, row, room);
      for (int64_t column = 0; column < columns; column++) {
        float *out = (float *)((char *)node->data + (size_t)column * node->nb[1]) + row;
        *out = dot(weights, column_data(from, column), weight->ne[0]);
      }
    }
  }
}
