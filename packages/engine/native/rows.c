// Operations that move rows: embeddings, the KV cache, conversions.
#include "rows.h"

#include <immintrin.h>
#include <string.h>

#include "kernels.h"
#include "matmul.h"
#include "vector-math.h"

static size_t element_bytes(int type) { return type == GGML_TYPE_F32 ? sizeof(float) : sizeof(uint16_t); }

static bool is_float(int type) { return type == GGML_TYPE_F32 || type == GGML_TYPE_F16; }

static void floats_to_halves(const float *from, uint16_t *to, int64_t count) {
  for (int64_t i = 0; i < count; i += 16) {
    const __mmask16 lanes = lanes_left(count - i);
    const __m256i halves = _mm512_cvtps_ph(_mm512_maskz_loadu_ps(lanes, from + i), _MM_FROUND_TO_NEAREST_INT);
    _mm256_mask_storeu_epi16(to + i, lanes, halves);
  }
}

static void halves_to_floats(const uint16_t *from, float *to, int64_t count) {
  for (int64_t i = 0; i < count; i += 16) {
    const __mmask16 lanes = lanes_left(count - i);
    _mm512_mask_storeu_ps(to + i, lanes, _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(lanes, from + i)));
  }
}

static void convert(int from_type, const void *from, int to_type, void *to, int64_t count) {
  if (from_type == to_type) memcpy(to, from, (size_t)count * element_bytes(to_type));
  else if (to_type == GGML_TYPE_F16) floats_to_halves(from, to, count);
  else halves_to_floats(from, to, count);
}

static bool is_blocks(int type) { return type == GGML_TYPE_Q4_0 || type == GGML_TYPE_Q4_1 || type == GGML_TYPE_Q8_0; }

// Blocks as ggml stores them: a half for the scale, for Q4_1 one for the minimum, then 32 values.
static size_t head_bytes(int type) { return type == GGML_TYPE_Q4_1 ? 4 : 2; }

static size_t block_bytes(int type) { return head_bytes(type) + (type == GGML_TYPE_Q8_0 ? BLOCK : BLOCK / 2); }

// block_values gives the first and the last sixteen values of a block. Of four bits, those are the low and the high halves.
static void block_values(int type, const uint8_t *from, __m128i *first, __m128i *last) {
  const __m128i bytes = _mm_loadu_si128((const __m128i *)from), low_bits = _mm_set1_epi8(15);
  if (type == GGML_TYPE_Q8_0) {
    *first = bytes;
    *last = _mm_loadu_si128((const __m128i *)(from + 16));
    return;
  }
  const __m128i offset = _mm_set1_epi8(type == GGML_TYPE_Q4_0 ? 8 : 0);
  *first = _mm_sub_epi8(_mm_and_si128(bytes, low_bits), offset);
  *last = _mm_sub_epi8(_mm_and_si128(_mm_srli_epi16(bytes, 4), low_bits), offset);
}

static void store_scaled(float *to, __m128i values, __m512 scale, __m512 least) {
  _mm512_storeu_ps(to, _mm512_fmadd_ps(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(values)), scale, least));
}

static void blocks_to_floats(int type, const uint8_t *from, float *to, int64_t count) {
  for (int64_t i = 0; i < count; i += BLOCK, from += block_bytes(type), to += BLOCK) {
    const __m512 scale = _mm512_set1_ps(half_at(from));
    const __m512 least = _mm512_set1_ps(type == GGML_TYPE_Q4_1 ? half_at(from + 2) : 0);
    __m128i first, last;
    block_values(type, from + head_bytes(type), &first, &last);
    store_scaled(to, first, scale, least);
    store_scaled(to + 16, last, scale, least);
  }
}

static void bfloats_to_floats(const uint16_t *from, float *to, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const uint32_t bits = (uint32_t)from[i] << 16;
    memcpy(to + i, &bits, sizeof bits);
  }
}

size_t row_element_bytes(int type) {
  if (is_blocks(type)) return block_bytes(type);
  return is_float(type) || type == GGML_TYPE_BF16 ? element_bytes(type) : 0;
}

void row_to_floats(int type, const void *from, float *to, int64_t count) {
  if (is_blocks(type)) blocks_to_floats(type, from, to, count);
  else if (type == GGML_TYPE_BF16) bfloats_to_floats(from, to, count);
  else convert(type, from, GGML_TYPE_F32, to, count);
}

bool get_rows_supported(const struct ggml_tensor *node) {
  const struct ggml_tensor *table = node->src[0], *index = node->src[1];
  return table->nb[0] == row_element_bytes(table->type) && node->type == GGML_TYPE_F32 &&
         node->nb[0] == sizeof(float) && index->type == GGML_TYPE_I32 && table->ne[2] == 1 && table->ne[3] == 1 &&
         index->ne[1] == 1 && index->ne[2] == 1 && index->ne[3] == 1;
}

void get_rows(const struct ggml_tensor *node, member *self) {
  const struct ggml_tensor *table = node->src[0], *index = node->src[1];
  const struct share rows = share_of(node->ne[1], self);
  for (int64_t row = rows.first; row < rows.end; row++) {
    int32_t which;
    memcpy(&which, (const char *)index->data + (size_t)row * index->nb[0], sizeof which);
    const char *from = (const char *)table->data + (size_t)which * table->nb[1];
    float *to = (float *)((char *)node->data + (size_t)row * node->nb[1]);
    row_to_floats(table->type, from, to, node->ne[0]);
  }
}

bool set_rows_supported(const struct ggml_tensor *node) {
  const struct ggml_tensor *from = node->src[0], *index = node->src[1];
  return from->type == GGML_TYPE_F32 && is_float(node->type) && from->nb[0] == sizeof(float) &&
         node->nb[0] == element_bytes(node->type) && (index->type == GGML_TYPE_I64 || index->type == GGML_TYPE_I32);
}

void set_rows(const struct ggml_tensor *node, member *self) {
  const struct ggml_tensor *from = node->src[0], *index = node->src[1];
  const struct share rows = share_of(from->ne[1] * from->ne[2] * from->ne[3], self);
  for (int64_t r = rows.first; r < rows.end; r++) {
    const int64_t i1 = r % from->ne[1], i2 = r / from->ne[1] % from->ne[2], i3 = r / from->ne[1] / from->ne[2];
    const char *at = (const char *)index->data + (size_t)i1 * index->nb[0] + (size_t)(i2 % index->ne[1]) * index->nb[1] +
                     (size_t)(i3 % index->ne[2]) * index->nb[2];
    int64_t which = 0;
    memcpy(&which, at, index->type == GGML_TYPE_I64 ? sizeof(int64_t) : sizeof(int32_t));
    const char *source = (const char *)from->data + (size_t)i1 * from->nb[1] + (size_t)i2 * from->nb[2] + (size_t)i3 * from->nb[3];
    char *target = (char *)node->data + (size_t)which * node->nb[1] + (size_t)i2 * node->nb[2] + (size_t)i3 * node->nb[3];
    convert(GGML_TYPE_F32, source, node->type, target, from->ne[0]);
  }
}

static bool same_shape(const struct ggml_tensor *a, const struct ggml_tensor *b) {
  return memcmp(a->ne, b->ne, sizeof a->ne) == 0;
}

static bool contiguous(const struct ggml_tensor *tensor) {
  size_t bytes = element_bytes(tensor->type);
  for (int i = 0; i < 4; i++) {
    if (tensor->nb[i] != bytes && tensor->ne[i] != 1) return false;
    bytes *= (size_t)tensor->ne[i];
  }
  return true;
}

// Elements keep their order; where the shapes differ, the target must be without gaps.
bool copy_supported(const struct ggml_tensor *node) {
  const struct ggml_tensor *from = node->src[0];
  return is_float(from->type) && is_float(node->type) && (contiguous(node) || same_shape(from, node));
}

// target_strides says where the source's elements go: a target without gaps can be seen in the source's shape.
static void target_strides(const struct ggml_tensor *node, size_t *strides) {
  const struct ggml_tensor *from = node->src[0];
  const bool same = same_shape(from, node);
  size_t bytes = element_bytes(node->type);
  for (int i = 0; i < 4; i++) {
    strides[i] = same ? node->nb[i] : bytes;
    bytes *= (size_t)from->ne[i];
  }
}

static void convert_apart(int from_type, const char *from, size_t from_stride, int to_type, char *to, size_t to_stride,
                          int64_t count) {
  for (int64_t i = 0; i < count; i++, from += from_stride, to += to_stride) {
    if (from_type == to_type) {
      memcpy(to, from, element_bytes(to_type));
    } else if (to_type == GGML_TYPE_F16) {
      *(uint16_t *)to = _cvtss_sh(*(const float *)from, _MM_FROUND_TO_NEAREST_INT);
    } else {
      *(float *)to = _cvtsh_ss(*(const uint16_t *)from);
    }
  }
}

void copy(const struct ggml_tensor *node, member *self) {
  const struct ggml_tensor *from = node->src[0];
  size_t strides[4];
  target_strides(node, strides);
  const bool side_by_side = from->nb[0] == element_bytes(from->type) && strides[0] == element_bytes(node->type);
  const struct share rows = share_of(from->ne[1] * from->ne[2] * from->ne[3], self);
  for (int64_t r = rows.first; r < rows.end; r++) {
    const size_t i1 = (size_t)(r % from->ne[1]), i2 = (size_t)(r / from->ne[1] % from->ne[2]);
    const size_t i3 = (size_t)(r / from->ne[1] / from->ne[2]);
    const char *source = (const char *)from->data + i1 * from->nb[1] + i2 * from->nb[2] + i3 * from->nb[3];
    char *target = (char *)node->data + i1 * strides[1] + i2 * strides[2] + i3 * strides[3];
    if (side_by_side) convert(from->type, source, node->type, target, from->ne[0]);
    else convert_apart(from->type, source, from->nb[0], node->type, target, strides[0], from->ne[0]);
  }
}
