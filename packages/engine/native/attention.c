// GGML_OP_FLASH_ATTN_EXT: softmax(scale * Q K^T + mask) V for F32 queries and F16 keys and values.
//
// Method: online softmax (Milakov & Gimelshein 2018) over tiles of keys, as in FlashAttention (Dao et al. 2022). Sums
// are always formed chunk by chunk and the chunks merged in order, on one thread or on many, so that a row's result
// depends neither on the number of threads nor on the rows computed beside it.
//
// An item of work is a tile of query tokens of one stream, for the query heads that share a key head: all of them use
// each key and value that is read. Row r of an item is head r % group of its token r / group.

#include <immintrin.h>
#include <string.h>

#include "kernels.h"
#include "vector-math.h"

enum {
  TILE = 64,           // keys of a tile: four vectors of scores
  LANES = 16,          // floats of a vector
  CHUNK = 256,         // keys summed before they are merged, and the least that a thread gets of a split item
  MOST_CHUNKS = 64,    // of one item; bounds the memory that a split needs
  BLOCK_ROWS = 14,     // rows multiplied at once: 14 x 2 sums and 3 operands fit the 32 registers
  TILE_ROWS = 56,      // rows of an item where there are enough tokens, which share the transposition of a tile
  MOST_HEAD_DIM = 256, // of keys and of values
  LANE_SUMS = MOST_HEAD_DIM,   // in a row of sums: LANES sums of exponentials, of which the row's sum is the total
  LARGEST = LANE_SUMS + LANES, // and the largest score; what precedes both is the weighted sum of values
  ROW = LARGEST + LANES, // floats between rows of scratch: a constant, to spare registers, and no power of two, which
                         // would put the rows of a block into a few sets of the cache
};

enum visibility { HIDDEN, OPEN, MIXED }; // what the mask leaves of a tile to a token

static const float NOTHING = -1e30f; // the largest of no scores; finite, so that differences are no NaN
static const float LOG2_E = 1.44269504f;
static const uint16_t no_key[MOST_HEAD_DIM] __attribute__((aligned(64)));

typedef struct {
  const struct ggml_tensor *query, *key, *value, *mask, *output;
  int64_t head_dim, value_dim, keys, tokens;
  int64_t group;       // query heads of a key head
  int64_t tile_tokens; // query tokens of an item
  int64_t tile_rows;   // its rows
  int64_t token_tiles; // items of one key head of one stream
  int64_t items;
  int64_t chunk, chunks; // keys of a chunk, chunks of an item
  float scale;           // of scores as powers of two
} problem;

typedef struct { int64_t stream, head, token, tokens, rows; } item; // head is a key head, token the first one

typedef struct {
  float *query;      // [row][ROW], scaled
  float *chunk;      // [row][ROW], the sums over a chunk
  float *total;      // [row][ROW], the sums over all chunks so far
  float *scores;     // [BLOCK_ROWS][ROW]
  float *correction; // [BLOCK_ROWS], by which older sums shrink when a row's largest score grows
  uint16_t *keys;    // [head_dim][TILE], a tile transposed
  uint16_t *mask;    // [token][TILE]
  uint8_t *visible;  // [token]
} workspace;

typedef struct { const char *keys, *values, *next_keys, *next_values; int64_t count; } tile; // next: to be fetched

bool attention_supported(const struct ggml_tensor *node) {
  const struct ggml_tensor *q = node->src[0], *k = node->src[1], *v = node->src[2], *mask = node->src[3];
  float max_bias, softcap;
  memcpy(&max_bias, node->op_params + 1, sizeof max_bias);
  memcpy(&softcap, node->op_params + 2, sizeof softcap);
  if (!q || !k || !v || node->src[4] || max_bias != 0 || softcap != 0) return false;
  if (q->type != GGML_TYPE_F32 || k->type != GGML_TYPE_F16 || v->type != GGML_TYPE_F16) return false;
  if (node->type != GGML_TYPE_F32 || node->nb[0] != 4 || q->nb[0] != 4 || k->nb[0] != 2 || v->nb[0] != 2) return false;
  if (k->ne[0] % LANES || v->ne[0] % LANES || k->ne[0] > MOST_HEAD_DIM || v->ne[0] > MOST_HEAD_DIM) return false;
  if (q->ne[0] != k->ne[0] || k->ne[1] != v->ne[1] || k->ne[2] != v->ne[2] || q->ne[2] % k->ne[2]) return false;
  if (q->ne[3] != k->ne[3] || q->ne[3] != v->ne[3]) return false;
  if (node->ne[0] != v->ne[0] || node->ne[1] != q->ne[2] || node->ne[2] != q->ne[1]) return false;
  if (!mask) return true;
  if (mask->type != GGML_TYPE_F16 || mask->nb[0] != 2 || mask->ne[2] != 1) return false;
  return mask->ne[0] >= k->ne[1] && mask->ne[1] >= q->ne[1] && (mask->ne[3] == 1 || mask->ne[3] == q->ne[3]);
}

static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

static const char *at(const struct ggml_tensor *t, int64_t i1, int64_t i2, int64_t i3) {
  return (const char *)t->data + i1 * t->nb[1] + i2 * t->nb[2] + i3 * t->nb[3];
}

static problem problem_of(const struct ggml_tensor *node) {
  const struct ggml_tensor *q = node->src[0], *k = node->src[1], *v = node->src[2];
  problem p = {.query = q, .key = k, .value = v, .mask = node->src[3], .output = node};
  p.head_dim = k->ne[0], p.value_dim = v->ne[0], p.keys = k->ne[1], p.tokens = q->ne[1];
  p.group = q->ne[2] / k->ne[2];
  p.tile_tokens = most(1, least(p.tokens, TILE_ROWS / p.group));
  p.tile_rows = p.tile_tokens * p.group;
  p.token_tiles = ceil_div(p.tokens, p.tile_tokens);
  p.items = p.token_tiles * k->ne[2] * k->ne[3];
  p.chunk = most(CHUNK, ceil_div(ceil_div(p.keys, MOST_CHUNKS), TILE) * TILE);
  p.chunks = ceil_div(p.keys, p.chunk);
  memcpy(&p.scale, node->op_params, sizeof p.scale);
  p.scale *= LOG2_E;
  return p;
}

static item item_of(const problem *p, int64_t index) {
  const int64_t streams = p->key->ne[3], heads = p->key->ne[2];
  item it = {.stream = index % streams, .head = index / streams % heads};
  // The last tokens first: a causal mask gives them the most keys, and the work that is left at the end is then short.
  it.token = (p->token_tiles - 1 - index / streams / heads) * p->tile_tokens;
  it.tokens = least(p->tile_tokens, p->tokens - it.token);
  it.rows = it.tokens * p->group;
  return it;
}

static workspace workspace_of(const problem *p, member *self) {
  const int64_t rows = p->tile_rows * ROW, floats = 3 * rows + BLOCK_ROWS * ROW + LANES;
  const int64_t halves = (p->head_dim + p->tile_tokens) * TILE;
  float *base = scratch(self, floats * sizeof(float) + halves * sizeof(uint16_t) + p->tile_tokens);
  workspace w = {.query = base, .chunk = base + rows, .total = base + 2 * rows, .scores = base + 3 * rows};
  w.correction = w.scores + BLOCK_ROWS * ROW;
  w.keys = (uint16_t *)(w.correction + LANES);
  w.mask = w.keys + p->head_dim * TILE;
  w.visible = (uint8_t *)(w.mask + p->tile_tokens * TILE);
  return w;
}

// EACH is a loop of constant length that is unrolled, so that arrays it runs over stay in registers.
#define EACH(I, COUNT) _Pragma("GCC unroll 16") for (int I = 0; I < (COUNT); I++)

// product computes C = start * C + A B for `rows` x (16 * `width`) elements of C, with B in halves; the rows of A and C
// are ROW floats apart. `rows` and `width` are constants where it is inlined.
typedef struct {
  float *c;
  const float *a, *start;       // start[row], or NULL for 0
  const char *b, *next;         // next: TILE rows that the cache fetches meanwhile
  size_t b_stride, next_stride; // in bytes
  int64_t depth;
} operands;

static inline __attribute__((always_inline)) void product(operands o, const int rows, const int width) {
  __m512 sum[BLOCK_ROWS][4], b[4];
  EACH(r, rows) EACH(w, width) {
    sum[r][w] = _mm512_setzero_ps();
    if (o.start) sum[r][w] = _mm512_set1_ps(o.start[r]) * _mm512_load_ps(o.c + r * ROW + w * LANES);
  }
  for (size_t i = 0; i < (size_t)o.depth; i++, o.b += o.b_stride) {
    const char *next = o.next + i % TILE * o.next_stride + i / TILE * 128; // element 64 on: two lines further
    _mm_prefetch(next, _MM_HINT_T1);
    if (width == 4) _mm_prefetch(next + 64, _MM_HINT_T1);
    EACH(w, width) b[w] = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)o.b + w));
    EACH(r, rows) EACH(w, width) sum[r][w] = _mm512_fmadd_ps(_mm512_set1_ps(o.a[r * ROW + i]), b[w], sum[r][w]);
  }
  EACH(r, rows) EACH(w, width) _mm512_store_ps(o.c + r * ROW + w * LANES, sum[r][w]);
}

#define TO_6_ROWS(F, W) F(1, W) F(2, W) F(3, W) F(4, W) F(5, W) F(6, W)
#define TO_14_ROWS(F, W) TO_6_ROWS(F, W) F(7, W) F(8, W) F(9, W) F(10, W) F(11, W) F(12, W) F(13, W) F(14, W)
#define DEFINE(R, W) static void product_##R##_##W(operands o) { product(o, R, W); }
#define NAME(R, W) product_##R##_##W,
TO_14_ROWS(DEFINE, 1) TO_14_ROWS(DEFINE, 2) TO_6_ROWS(DEFINE, 4)

// multiply_block is product for up to BLOCK_ROWS rows and any width, in the widest strips whose sums fit the registers.
static void multiply_block(operands o, int64_t rows, int64_t width) {
  typedef void product_function(operands);
  static product_function *const products[5][BLOCK_ROWS] = {
      [1] = {TO_14_ROWS(NAME, 1)}, [2] = {TO_14_ROWS(NAME, 2)}, [4] = {TO_6_ROWS(NAME, 4)}};
  while (width > 0) {
    const int64_t strip = width >= 4 && rows <= 6 ? 4 : width >= 2 ? 2 : 1, bytes = strip * LANES * sizeof(uint16_t);
    products[strip][rows - 1](o);
    o.c += strip * LANES, o.b += bytes, o.next += bytes, width -= strip;
  }
}

// transpose_pairs transposes 16 x 16 elements of 32 bits in place.
static inline void transpose_pairs(__m512i m[16]) {
  __m512i two[16], four[16];
  for (int i = 0; i < 16; i += 2)
    two[i] = _mm512_unpacklo_epi32(m[i], m[i + 1]), two[i + 1] = _mm512_unpackhi_epi32(m[i], m[i + 1]);
  for (int i = 0; i < 16; i += 4)
    for (int j = 0; j < 2; j++) {
      four[i + 2 * j] = _mm512_unpacklo_epi64(two[i + j], two[i + 2 + j]);
      four[i + 2 * j + 1] = _mm512_unpackhi_epi64(two[i + j], two[i + 2 + j]);
    }
  for (int c = 0; c < 4; c++) { // four[4 * i + c] holds columns c, 4 + c, 8 + c, 12 + c of rows 4 * i to 4 * i + 3
    __m512i even_low = _mm512_shuffle_i32x4(four[c], four[4 + c], 0x88);
    __m512i odd_low = _mm512_shuffle_i32x4(four[c], four[4 + c], 0xdd);
    __m512i even_high = _mm512_shuffle_i32x4(four[8 + c], four[12 + c], 0x88);
    __m512i odd_high = _mm512_shuffle_i32x4(four[8 + c], four[12 + c], 0xdd);
    m[c] = _mm512_shuffle_i32x4(even_low, even_high, 0x88);
    m[4 + c] = _mm512_shuffle_i32x4(odd_low, odd_high, 0x88);
    m[8 + c] = _mm512_shuffle_i32x4(even_low, even_high, 0xdd);
    m[12 + c] = _mm512_shuffle_i32x4(odd_low, odd_high, 0xdd);
  }
}

// transpose_square writes 16 or 32 elements of 32 keys with the keys in lanes. Two keys are interleaved to pairs first,
// the lower and the upper four of each eight elements, which make one transposition of 32-bit pairs each.
static void transpose_square(const uint16_t *const row[32], int64_t from, int64_t elements, uint16_t *to) {
  const __mmask32 present = elements == 32 ? 0xffffffff : 0xffff;
  for (int upper = 0; upper < 2; upper++) {
    __m512i m[16];
    EACH(i, 16) {
      __m512i even = _mm512_maskz_loadu_epi16(present, row[2 * i] + from);
      __m512i odd = _mm512_maskz_loadu_epi16(present, row[2 * i + 1] + from);
      m[i] = upper ? _mm512_unpackhi_epi16(even, odd) : _mm512_unpacklo_epi16(even, odd);
    }
    transpose_pairs(m);
    to += upper * 4 * TILE;
    EACH(i, 8) _mm512_store_si512(to + (i / 4 * 8 + i % 4) * TILE, m[i]);
    if (elements == 32) EACH(i, 8) _mm512_store_si512(to + (16 + i / 4 * 8 + i % 4) * TILE, m[8 + i]);
  }
}

static void transpose_keys(const char *keys, size_t stride, int64_t count, int64_t head_dim, uint16_t *to) {
  for (int64_t first = 0; first < TILE; first += 32) {
    const uint16_t *row[32];
    for (int64_t i = 0; i < 32; i++)
      row[i] = first + i < count ? (const uint16_t *)(keys + (first + i) * stride) : no_key;
    for (int64_t from = 0; from < head_dim; from += 32)
      transpose_square(row, from, least(32, head_dim - from), to + from * TILE + first);
  }
}

// look_at_mask copies a tile's mask, with keys past the end hidden, and tells whether any token sees any key.
static bool look_at_mask(const problem *p, const item *it, int64_t first, int64_t count, workspace *w) {
  const uint64_t present = count < TILE ? (1ull << count) - 1 : ~0ull;
  const __m512i hidden = _mm512_set1_epi16((short)0xfc00); // minus infinity
  bool any = false;
  for (int64_t t = 0; t < it->tokens; t++) {
    const char *row = p->mask ? at(p->mask, it->token + t, 0, p->mask->ne[3] > 1 ? it->stream : 0) : NULL;
    uint32_t seen = 0, changed = 0;
    for (int i = 0; i < 2; i++) {
      __m512i m = _mm512_mask_blend_epi16(present >> 32 * i, hidden, _mm512_setzero_si512());
      if (row) m = _mm512_mask_loadu_epi16(hidden, present >> 32 * i, row + (first + i * 32) * sizeof(uint16_t));
      seen |= _mm512_cmpneq_epi16_mask(m, hidden), changed |= _mm512_test_epi16_mask(m, m);
      _mm512_store_si512(w->mask + t * TILE + i * 32, m);
    }
    w->visible[t] = !seen ? HIDDEN : changed ? MIXED : OPEN;
    any |= seen != 0;
  }
  return any;
}

// find_largest adds the mask to a row's scores and returns the largest.
static inline float find_largest(float *scores, const uint16_t *mask) {
  __m512 s[4];
  for (int i = 0; i < 4; i++) {
    s[i] = _mm512_load_ps(scores + i * LANES);
    if (!mask) continue;
    __m512 m = _mm512_cvtph_ps(_mm256_load_si256((const __m256i *)mask + i));
    s[i] = _mm512_fmadd_ps(m, _mm512_set1_ps(LOG2_E), s[i]);
    _mm512_store_ps(scores + i * LANES, s[i]);
  }
  return _mm512_reduce_max_ps(_mm512_max_ps(_mm512_max_ps(s[0], s[1]), _mm512_max_ps(s[2], s[3])));
}

// soften turns a block's scores into exponentials relative to each row's largest score so far.
static void soften(const problem *p, workspace *w, int64_t first, int64_t rows) {
  float *sums = w->chunk + first * ROW, shift[LANES] __attribute__((aligned(64))) = {0};
  for (int64_t r = 0; r < rows; r++) {
    int64_t token = (first + r) / p->group;
    float here = find_largest(w->scores + r * ROW, w->visible[token] == MIXED ? w->mask + token * TILE : NULL);
    float *largest = sums + r * ROW + LARGEST, before = *largest;
    *largest = here > before ? here : before;
    shift[r] = before - *largest;
  }
  _mm512_store_ps(w->correction, power_of_two(_mm512_load_ps(shift)));
  for (int64_t r = 0; r < rows; r++) {
    float *scores = w->scores + r * ROW, *lanes = sums + r * ROW + LANE_SUMS;
    __m512 largest = _mm512_set1_ps(sums[r * ROW + LARGEST]);
    __m512 sum = _mm512_load_ps(lanes) * _mm512_set1_ps(w->correction[r]);
    for (int i = 0; i < 4; i++) {
      __m512 e = power_of_two(_mm512_load_ps(scores + i * LANES) - largest);
      _mm512_store_ps(scores + i * LANES, e);
      sum += e;
    }
    _mm512_store_ps(lanes, sum);
  }
}

// attend_block adds a tile of keys to the chunk's sums of up to BLOCK_ROWS rows.
static void attend_block(const problem *p, workspace *w, int64_t first, int64_t rows, const tile *t) {
  const size_t key_stride = p->key->nb[1], value_stride = p->value->nb[1];
  const operands scores = {w->scores, w->query + first * ROW, NULL, (const char *)w->keys, t->next_keys,
                           TILE * sizeof(uint16_t), key_stride, p->head_dim};
  multiply_block(scores, rows, TILE / LANES);
  soften(p, w, first, rows);
  const operands outputs = {w->chunk + first * ROW, w->scores, w->correction, t->values, t->next_values,
                            value_stride, value_stride, t->count};
  multiply_block(outputs, rows, p->value_dim / LANES);
}

// attend_rows does so for any number of rows, in blocks of about equal size.
static void attend_rows(const problem *p, workspace *w, int64_t first, int64_t end, const tile *t) {
  for (int64_t blocks = ceil_div(end - first, BLOCK_ROWS), rows; blocks > 0; blocks--, first += rows) {
    rows = ceil_div(end - first, blocks);
    attend_block(p, w, first, rows, t);
  }
}

static void attend_tile(const problem *p, const item *it, workspace *w, int64_t first) {
  const int64_t count = least(TILE, p->keys - first);
  if (!look_at_mask(p, it, first, count, w)) return;
  const int64_t next = first + TILE < p->keys ? first + TILE : first;
  const tile t = {at(p->key, first, it->head, it->stream), at(p->value, first, it->head, it->stream),
                  at(p->key, next, it->head, it->stream), at(p->value, next, it->head, it->stream), count};
  transpose_keys(t.keys, p->key->nb[1], count, p->head_dim, w->keys);
  for (int64_t token = 0, end; token < it->tokens; token = end + 1) { // runs of tokens that see some of the tile
    for (end = token; end < it->tokens && w->visible[end] != HIDDEN;) end++;
    if (end > token) attend_rows(p, w, token * p->group, end * p->group, &t);
  }
}

static void clear_row(const problem *p, float *sums) {
  memset(sums, 0, p->value_dim * sizeof(float));
  memset(sums + LANE_SUMS, 0, LANES * sizeof(float));
  sums[LARGEST] = NOTHING;
}

static void attend_chunk(const problem *p, const item *it, workspace *w, int64_t chunk) {
  for (int64_t r = 0; r < it->rows; r++) clear_row(p, w->chunk + r * ROW);
  const int64_t end = least(p->keys, (chunk + 1) * p->chunk);
  for (int64_t first = chunk * p->chunk; first < end; first += TILE) attend_tile(p, it, w, first);
}

// merge_row adds a row's sums over later keys to those over earlier ones.
static void merge_row(const problem *p, float *total, const float *other) {
  const float largest = total[LARGEST] > other[LARGEST] ? total[LARGEST] : other[LARGEST];
  const __m512 a = power_of_two(_mm512_set1_ps(total[LARGEST] - largest));
  const __m512 b = power_of_two(_mm512_set1_ps(other[LARGEST] - largest));
  total[LARGEST] = largest;
  for (int64_t i = 0; i < LARGEST; i = i + LANES == p->value_dim ? LANE_SUMS : i + LANES)
    _mm512_store_ps(total + i, _mm512_fmadd_ps(_mm512_load_ps(other + i), b, _mm512_load_ps(total + i) * a));
}

static void write_row(const problem *p, const item *it, const float *total, int64_t row) {
  float *to = (float *)at(p->output, it->head * p->group + row % p->group, it->token + row / p->group, it->stream);
  const float sum = _mm512_reduce_add_ps(_mm512_load_ps(total + LANE_SUMS));
  const __m512 inverse = _mm512_set1_ps(sum > 0 ? 1 / sum : 0); // a row without keys is 0
  for (int64_t i = 0; i < p->value_dim; i += LANES) _mm512_storeu_ps(to + i, _mm512_load_ps(total + i) * inverse);
}

static void load_query(const problem *p, const item *it, workspace *w) {
  for (int64_t r = 0; r < it->rows; r++) {
    const char *row = at(p->query, it->token + r / p->group, it->head * p->group + r % p->group, it->stream);
    for (int64_t i = 0; i < p->head_dim; i += LANES)
      _mm512_store_ps(w->query + r * ROW + i, _mm512_loadu_ps((const float *)row + i) * _mm512_set1_ps(p->scale));
  }
}

static void attend_whole(const problem *p, const item it, workspace *w) {
  load_query(p, &it, w);
  for (int64_t r = 0; r < it.rows; r++) clear_row(p, w->total + r * ROW);
  for (int64_t c = 0; c < p->chunks; c++) {
    attend_chunk(p, &it, w, c);
    for (int64_t r = 0; r < it.rows; r++) merge_row(p, w->total + r * ROW, w->chunk + r * ROW);
  }
  for (int64_t r = 0; r < it.rows; r++) write_row(p, &it, w->total + r * ROW, r);
}

// attend_split hands out each chunk of each item, whose sums the members then merge in the order of attend_whole.
static void attend_split(const problem *p, workspace *w, member *self) {
  const int64_t part = p->tile_rows * ROW;
  float *parts = team_shared(self, p->items * p->chunks * part * sizeof(float));
  for (int64_t n; (n = take(self, 1)) < p->items * p->chunks;) {
    const item it = item_of(p, n % p->items);
    w->chunk = parts + n * part;
    load_query(p, &it, w);
    attend_chunk(p, &it, w, n / p->items);
  }
  barrier(self);
  for (int64_t n = self->index; n < p->items * p->tile_rows; n += self->size) {
    const item it = item_of(p, n / p->tile_rows);
    const int64_t row = n % p->tile_rows;
    if (row >= it.rows) continue;
    clear_row(p, w->total);
    for (int64_t c = 0; c < p->chunks; c++) merge_row(p, w->total, parts + (c * p->items * p->tile_rows + n) * ROW);
    write_row(p, &it, w->total, row);
  }
}

void attention(const struct ggml_tensor *node, member *self) {
  const problem p = problem_of(node);
  workspace w = workspace_of(&p, self);
  const bool split = self->size > 1 && p.chunks > 1 && p.items < 2 * self->size;
  if (split) attend_split(&p, &w, self);
  for (int64_t n; !split && (n = take(self, 1)) < p.items;) attend_whole(&p, item_of(&p, n), &w);
}
