#include "matmul.h"

#include <immintrin.h>
#include <string.h>

#include "panels.h"
#include "vector-math.h"

#define INLINE static inline __attribute__((always_inline))

INLINE __m512i broadcast(const void *bytes) {
  int32_t word;
  memcpy(&word, bytes, sizeof word);
  return _mm512_set1_epi32(word);
}

// weights puts a block of 16 rows in eight registers of unsigned bytes: register g holds elements 4g to 4g + 3 of each row.
INLINE void weights(const int kind, const uint8_t *block, __m512i *out) {
  if (kind == EIGHT) {
    // Signed bytes become unsigned by adding 128; the correction takes it back.
    for (int i = 0; i < 8; i++) out[i] = _mm512_xor_si512(_mm512_loadu_si512(block + 64 * i), _mm512_set1_epi8((char)0x80));
    return;
  }
  const __m512i low = _mm512_set1_epi8(0x0f);
  for (int i = 0; i < 4; i++) {
    const __m512i pair = _mm512_loadu_si512(block + 64 * i);
    out[i] = _mm512_and_si512(pair, low);
    out[i + 4] = _mm512_and_si512(_mm512_srli_epi16(pair, 4), low);
  }
  // The higher bits are moved to the places 4 and 5 of their bytes.
  if (kind != FIVE_MIN && kind != SIX) return;
  for (int i = 0; i < 8; i++) {
    const __m512i bits = _mm512_loadu_si512(block + 256 + (kind == SIX ? 64 * (i / 4) : 0));
    const int left = kind == SIX ? 4 - 2 * (i % 4) : 4 - i;
    const __m512i moved = left >= 0 ? _mm512_slli_epi16(bits, (unsigned)left) : _mm512_srli_epi16(bits, (unsigned)-left);
    const __m512i wanted = _mm512_set1_epi8(kind == SIX ? 0x30 : 0x10);
    out[i] = _mm512_or_si512(out[i], _mm512_and_si512(moved, wanted));
  }
}

// What takes the offset of unsigned elements back: 8, 32 or 128 times the activations, of which eightfold is at hand.
INLINE __m512i correction(const int kind, const int32_t eightfold) {
  if (kind == FOUR_MIN || kind == FIVE_MIN) return _mm512_setzero_si512();
  return _mm512_set1_epi32(kind == EIGHT ? eightfold * 16 : kind == SIX ? eightfold * 4 : eightfold);
}

INLINE __m512 halves(const uint8_t *sixteen) {
  return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)sixteen));
}

INLINE void multiply_add(__m512i dot, __m512 scale, float of, __m512 *sum) {
  *sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), _mm512_mul_ps(scale, _mm512_set1_ps(of)), *sum);
}

// tile computes `panels` x 16 rows for `columns` columns; with all three constant the loops unroll into registers.
INLINE void tile(const int kind, const int panels, const int columns, const uint8_t *panel, const struct activations *a,
                 int64_t at, float *out, size_t out_stride) {
  const size_t block_bytes = panel_block_bytes(kind), panel_bytes = block_bytes * (size_t)a->blocks;
  const int8_t *values = a->values + at * BLOCK;
  const float *scales = a->scales + at, *sums = a->sums + at;
  const int32_t *corrections = a->corrections + at, *first_halves = a->first_halves + at;
  __m512 total[2 * TILE_COLUMNS];
  for (int i = 0; i < panels * columns; i++) total[i] = _mm512_setzero_ps();
  for (int64_t block = 0; block < a->blocks; block++) {
    for (int p = 0; p < panels; p++) {
      const uint8_t *bytes = panel + (size_t)p * panel_bytes + (size_t)block * block_bytes;
      // Narrow tiles wait for memory anyway; wide ones have time to fetch what the next panel needs.
      if (columns >= 3)
        for (size_t line = 0; line < block_bytes; line += 64) _mm_prefetch((const char *)bytes + panel_bytes + line, _MM_HINT_T1);
      __m512i weight[8];
      weights(kind, bytes, weight);
      const uint8_t *tail = bytes + panel_value_bytes(kind);
      const __m512 scale = halves(tail), second = kind == FOUR || kind == EIGHT ? scale : halves(tail + 32);
      // A dot product waits for the one before it in its column: the columns go side by side to keep the unit busy.
      __m512i dot[TILE_COLUMNS];
      for (int c = 0; c < columns; c++) dot[c] = correction(kind, kind == SIX ? first_halves[c] : corrections[c]);
      for (int g = 0; g < 8; g++) {
        if (kind == SIX && g == 4)
          for (int c = 0; c < columns; c++) {
            multiply_add(dot[c], scale, scales[c], &total[p * columns + c]);
            dot[c] = correction(kind, corrections[c] - first_halves[c]);
          }
        for (int c = 0; c < columns; c++)
          dot[c] = _mm512_dpbusd_epi32(dot[c], weight[g], broadcast(values + c * BLOCK + 4 * g));
      }
      for (int c = 0; c < columns; c++) {
        __m512 *sum = &total[p * columns + c];
        multiply_add(dot[c], kind == SIX ? second : scale, scales[c], sum);
        if (kind == FOUR_MIN || kind == FIVE_MIN) *sum = _mm512_fmadd_ps(second, _mm512_set1_ps(sums[c]), *sum);
      }
    }
    values += columns * BLOCK;
    scales += columns;
    sums += columns;
    corrections += columns;
    first_halves += columns;
  }
  for (int p = 0; p < panels; p++)
    for (int c = 0; c < columns; c++)
      _mm512_storeu_ps((float *)((char *)out + (size_t)c * out_stride) + PANEL_ROWS * p, total[p * columns + c]);
}

typedef void tile_function(const uint8_t *, const struct activations *, int64_t, float *, size_t);

#define TILE(kind, panels, columns)                                                                               \
  static void tile_##kind##_##panels##_##columns(const uint8_t *panel, const struct activations *a, int64_t at,   \
                                                 float *out, size_t out_stride) {                                 \
    tile(kind, panels, columns, panel, a, at, out, out_stride);                                                   \
  }
#define TILES(kind) \
  TILE(kind, 2, 2) TILE(kind, 1, 1) TILE(kind, 1, 2) TILE(kind, 1, 3) TILE(kind, 1, 4) \
  TILE(kind, 1, 5) TILE(kind, 1, 6) TILE(kind, 1, 7) TILE(kind, 1, 8)
TILES(FOUR) TILES(FOUR_MIN) TILES(FIVE_MIN) TILES(SIX) TILES(EIGHT)

#define TABLE(kind)                                                                                        \
  {                                                                                                        \
    .one = {tile_##kind##_1_1, tile_##kind##_1_2, tile_##kind##_1_3, tile_##kind##_1_4, tile_##kind##_1_5, \
            tile_##kind##_1_6, tile_##kind##_1_7, tile_##kind##_1_8},                                      \
    .two_by_two = tile_##kind##_2_2                                                                        \
  }
static const struct {
  tile_function *one[TILE_COLUMNS], *two_by_two;
} tables[] = {[FOUR] = TABLE(FOUR),
              [FOUR_MIN] = TABLE(FOUR_MIN),
              [FIVE_MIN] = TABLE(FIVE_MIN),
              [SIX] = TABLE(SIX),
              [EIGHT] = TABLE(EIGHT)};

// Two columns alone leave the unit waiting for its own results, so two panels go together then.
static void panels_for_all_columns(const struct ggml_tensor *node, const struct activations *a, int64_t first, int64_t end) {
  const struct ggml_tensor *weight = node->src[0];
  const int kind = panel_kind(weight->type);
  const size_t panel_bytes = panel_block_bytes(kind) * (size_t)a->blocks;
  const size_t stride = node->nb[1];
  const char *panels = weight->data;
  for (int64_t p = first; p < end;) {
    int together = 1;
    if (a->columns == 2 && end - p >= 2) together = 2;
    for (int64_t column = 0; column < a->columns; column += TILE_COLUMNS) {
      const int64_t left = a->columns - column;
      const int width = left < TILE_COLUMNS ? (int)left : TILE_COLUMNS;
      tile_function *compute = together == 2 ? tables[kind].two_by_two : tables[kind].one[width - 1];
      float *out = (float *)((char *)node->data + (size_t)column * stride) + p * PANEL_ROWS;
      compute((const uint8_t *)panels + (size_t)p * panel_bytes, a, column * a->blocks, out, stride);
    }
    p += together;
  }
}

void matmul(const struct ggml_tensor *node, const struct activations *activations, member *self) {
  const int64_t panels = node->src[0]->ne[1] / PANEL_ROWS;
  // Pieces small enough that a thread which lost its core for a while does not keep the others waiting for long.
  int64_t piece = panels / (self->size * 8);
  piece = self->size == 1 ? panels : piece < 4 ? 4 : piece & ~(int64_t)3;
  for (int64_t first = take(self, piece); first < panels; first = take(self, piece))
    panels_for_all_columns(node, activations, first, first + piece < panels ? first + piece : panels);
}

static float largest(__m512 low, __m512 high) {
  return _mm512_reduce_max_ps(_mm512_max_ps(_mm512_abs_ps(low), _mm512_abs_ps(high)));
}

// quantise_block rounds as ggml's Q8_0 and Q8_1 do, scale in half precision included, so that both engines multiply the same numbers.
static void quantise_block(const float *from, int64_t at, const struct activations *to) {
  const __m512 low = _mm512_loadu_ps(from), high = _mm512_loadu_ps(from + 16);
  const float most = largest(low, high), scale = most / 127.0f;
  const __m512 inverse = _mm512_set1_ps(most == 0 ? 0 : 127.0f / most);
  const __m512i first = _mm512_cvtps_epi32(_mm512_mul_ps(low, inverse));
  const __m512i second = _mm512_cvtps_epi32(_mm512_mul_ps(high, inverse));
  _mm_storeu_si128((__m128i *)(to->values + at * BLOCK), _mm512_cvtepi32_epi8(first));
  _mm_storeu_si128((__m128i *)(to->values + at * BLOCK + 16), _mm512_cvtepi32_epi8(second));
  const int sum = _mm512_reduce_add_epi32(_mm512_add_epi32(first, second));
  to->scales[at] = _cvtsh_ss(to_half(scale));
  to->corrections[at] = -8 * sum;
  to->first_halves[at] = -8 * _mm512_reduce_add_epi32(first);
  to->sums[at] = _cvtsh_ss(to_half(scale * (float)sum));
}

void matmul_quantise(const struct ggml_tensor *node, struct activations *a, member *self) {
  const struct ggml_tensor *from = node->src[1];
  a->columns = from->ne[1] * from->ne[2] * from->ne[3];
  a->blocks = from->ne[0] / BLOCK;
  const size_t count = (size_t)(a->columns * a->blocks);
  char *memory = team_shared(self, count * (BLOCK + 4 * sizeof(float)));
  a->values = (int8_t *)memory;
  a->scales = (float *)(memory + count * BLOCK);
  a->corrections = (int32_t *)(a->scales + count);
  a->first_halves = a->corrections + count;
  a->sums = (float *)(a->first_halves + count);
  const struct share columns = share_of(a->columns, self);
  for (int64_t column = columns.first; column < columns.end; column++) {
    const int64_t tile = column / TILE_COLUMNS * TILE_COLUMNS, left = a->columns - tile;
    const int64_t width = left < TILE_COLUMNS ? left : TILE_COLUMNS;
    const float *data = column_data(from, column);
    for (int64_t block = 0; block < a->blocks; block++)
      quantise_block(data + block * BLOCK, tile * a->blocks + block * width + (column - tile), a);
  }
}
