#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels.h"
#include "vector-math.h"

// A row of a tensor by its number; `like` gives the shape that is counted through, so that a smaller tensor repeats.
static float *row_of(const struct ggml_tensor *tensor, const struct ggml_tensor *like, int64_t row) {
  const int64_t i1 = row % like->ne[1], i2 = row / like->ne[1] % like->ne[2], i3 = row / like->ne[1] / like->ne[2];
  return (float *)((char *)tensor->data + (size_t)(i1 % tensor->ne[1]) * tensor->nb[1] +
                   (size_t)(i2 % tensor->ne[2]) * tensor->nb[2] + (size_t)(i3 % tensor->ne[3]) * tensor->nb[3]);
}

static struct share rows_of(const struct ggml_tensor *node, const member *self) {
  return share_of(node->ne[1] * node->ne[2] * node->ne[3], self);
}

static bool is_plain(const struct ggml_tensor *tensor) {
  return tensor->type == GGML_TYPE_F32 && tensor->nb[0] == sizeof(float);
}

void rms_norm(const struct ggml_tensor *node, member *self) {
  float epsilon;
  memcpy(&epsilon, node->op_params, sizeof epsilon);
  const int64_t width = node->ne[0];
  const struct share rows = rows_of(node, self);
  for (int64_t row = rows.first; row < rows.end; row++) {
    const float *from = row_of(node->src[0], node, row);
    float *to = row_of(node, node, row);
    __m512 squares = _mm512_setzero_ps();
    for (int64_t i = 0; i < width; i += 16) {
      const __m512 x = _mm512_maskz_loadu_ps(lanes_left(width - i), from + i);
      squares = _mm512_fmadd_ps(x, x, squares);
    }
    const __m512 scale = _mm512_set1_ps(1 / sqrtf(_mm512_reduce_add_ps(squares) / (float)width + epsilon));
    for (int64_t i = 0; i < width; i += 16) {
      const __mmask16 lanes = lanes_left(width - i);
      _mm512_mask_storeu_ps(to + i, lanes, _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, from + i), scale));
    }
  }
}

static bool swiglu_supported(const struct ggml_tensor *node) {
  return node->op_params[0] == GGML_GLU_OP_SWIGLU && is_plain(node) && is_plain(node->src[0]) &&
         (node->src[1] == NULL || is_plain(node->src[1]));
}

// silu is x times its logistic function; for large negative x the exponential is infinite and the quotient 0.
static __m512 silu(__m512 x) {
  const __m512 exponential = power_of_two(_mm512_mul_ps(x, _mm512_set1_ps(-1.44269504f)));
  return _mm512_div_ps(x, _mm512_add_ps(exponential, _mm512_set1_ps(1)));
}

void swiglu(const struct ggml_tensor *node, member *self) {
  const bool split = node->src[1] != NULL, swapped = node->op_params[1] != 0;
  const int64_t width = node->ne[0];
  const struct share rows = rows_of(node, self);
  for (int64_t row = rows.first; row < rows.end; row++) {
    const float *first = row_of(node->src[0], node, row);
    const float *gate = split || !swapped ? first : first + width;
    const float *value = split ? row_of(node->src[1], node, row) : swapped ? first : first + width;
    float *to = row_of(node, node, row);
    for (int64_t i = 0; i < width; i += 16) {
      const __mmask16 lanes = lanes_left(width - i);
      const __m512 product = silu(_mm512_maskz_loadu_ps(lanes, gate + i)) * _mm512_maskz_loadu_ps(lanes, value + i);
      _mm512_mask_storeu_ps(to + i, lanes, product);
    }
  }
}

static bool binary_supported(const struct ggml_tensor *node) {
  const struct ggml_tensor *left = node->src[0], *right = node->src[1];
  return is_plain(node) && is_plain(left) && is_plain(right) && left->ne[0] % right->ne[0] == 0;
}

static inline __attribute__((always_inline)) void binary(const struct ggml_tensor *node, member *self, const bool adds) {
  const struct ggml_tensor *right = node->src[1];
  // A single element is spread over the whole row; a longer piece repeats.
  const bool single = right->ne[0] == 1;
  const int64_t width = node->ne[0], piece = single ? width : right->ne[0];
  const struct share rows = rows_of(node, self);
  for (int64_t row = rows.first; row < rows.end; row++) {
    const float *a = row_of(node->src[0], node, row), *b = row_of(right, node, row);
    float *to = row_of(node, node, row);
    const __m512 same = _mm512_set1_ps(b[0]);
    for (int64_t first = 0; first < width; first += piece) {
      for (int64_t i = 0; i < piece; i += 16) {
        const __mmask16 lanes = lanes_left(piece - i);
        const __m512 x = _mm512_maskz_loadu_ps(lanes, a + first + i);
        const __m512 y = single ? same : _mm512_maskz_loadu_ps(lanes, b + i);
        _mm512_mask_storeu_ps(to + first + i, lanes, adds ? x + y : x * y);
      }
    }
  }
}

void add(const struct ggml_tensor *node, member *self) { binary(node, self, true); }

void multiply(const struct ggml_tensor *node, member *self) { binary(node, self, false); }

bool elementwise_supported(const struct ggml_tensor *node) {
  switch (node->op) {
    case GGML_OP_ADD:
    case GGML_OP_MUL: return binary_supported(node);
    case GGML_OP_RMS_NORM: return is_plain(node) && is_plain(node->src[0]);
    case GGML_OP_GLU: return swiglu_supported(node);
    case GGML_OP_ROPE: return rope_supported(node);
    case GGML_OP_GET_ROWS: return get_rows_supported(node);
    case GGML_OP_SET_ROWS: return set_rows_supported(node);
    case GGML_OP_CPY:
    case GGML_OP_CONT: return copy_supported(node);
    default: return false;
  }
}
