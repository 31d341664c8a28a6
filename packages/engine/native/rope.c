// Rotary position embedding (Su et al. 2021), with YaRN's scaling of long contexts (Peng et al. 2023).
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels.h"
#include "vector-math.h"

enum { NORMAL = 0, NEOX = 2 };

struct rotation {
  int dims, mode;
  float base, scale, extrapolation, magnitude, low, high;
  const float *factors; // one for each pair, or NULL
};

static float parameter(const struct ggml_tensor *node, int index) {
  float value;
  memcpy(&value, &node->op_params[index], sizeof value);
  return value;
}

bool rope_supported(const struct ggml_tensor *node) {
  const struct ggml_tensor *from = node->src[0], *factors = node->src[2];
  const int dims = node->op_params[1], mode = node->op_params[2], offset = node->op_params[15];
  return from->type == GGML_TYPE_F32 && node->type == GGML_TYPE_F32 && node->src[1]->type == GGML_TYPE_I32 &&
         node->src[1]->nb[0] == sizeof(int32_t) &&
         (mode == NORMAL || mode == NEOX) && offset == 0 && dims > 0 && dims % 2 == 0 && dims <= from->ne[0] &&
         from->nb[0] == sizeof(float) && node->nb[0] == sizeof(float) &&
         (factors == NULL || (factors->type == GGML_TYPE_F32 && factors->nb[0] == sizeof(float) && factors->ne[0] >= dims / 2));
}

// turns_dimension is the dimension whose wave turns `turns` times within the original context.
static float turns_dimension(const struct rotation *r, int context, float turns) {
  return (float)r->dims * logf((float)context / (turns * 2 * (float)M_PI)) / (2 * logf(r->base));
}

static struct rotation read_rotation(const struct ggml_tensor *node) {
  struct rotation r = {
      .dims = node->op_params[1],
      .mode = node->op_params[2],
      .base = parameter(node, 5),
      .scale = parameter(node, 6),
      .extrapolation = parameter(node, 7),
      .magnitude = parameter(node, 8),
      .factors = node->src[2] == NULL ? NULL : node->src[2]->data,
  };
  if (r.extrapolation != 0) {
    const int context = node->op_params[4];
    r.low = fmaxf(0, floorf(turns_dimension(&r, context, parameter(node, 9))));
    r.high = fminf((float)r.dims - 1, ceilf(turns_dimension(&r, context, parameter(node, 10))));
    r.magnitude *= 1 + 0.1f * logf(1 / r.scale);
  }
  return r;
}

// waves writes the cosines of all pairs at a position, then their sines.
static void waves(const struct rotation *r, int32_t position, float *cosines, float *sines) {
  const float step = powf(r->base, -2.0f / (float)r->dims);
  float wave = (float)position;
  for (int pair = 0; pair < r->dims / 2; pair++) {
    const float full = r->factors == NULL ? wave : wave / r->factors[pair];
    float angle = full * r->scale;
    if (r->extrapolation != 0) {
      const float slope = ((float)pair - r->low) / fmaxf(0.001f, r->high - r->low);
      const float share = (1 - fminf(1, fmaxf(0, slope))) * r->extrapolation;
      angle = angle * (1 - share) + full * share;
    }
    cosines[pair] = cosf(angle) * r->magnitude;
    sines[pair] = sinf(angle) * r->magnitude;
    wave *= step;
  }
}

// NEOX turns element i with i + dims / 2.
static void turn_halves(int dims, const float *cosines, const float *sines, const float *from, float *to) {
  const int half = dims / 2;
  for (int i = 0; i < half; i += 16) {
    const __mmask16 lanes = lanes_left(half - i);
    const __m512 cosine = _mm512_maskz_loadu_ps(lanes, cosines + i), sine = _mm512_maskz_loadu_ps(lanes, sines + i);
    const __m512 first = _mm512_maskz_loadu_ps(lanes, from + i), second = _mm512_maskz_loadu_ps(lanes, from + half + i);
    _mm512_mask_storeu_ps(to + i, lanes, _mm512_fmsub_ps(first, cosine, _mm512_mul_ps(second, sine)));
    _mm512_mask_storeu_ps(to + half + i, lanes, _mm512_fmadd_ps(first, sine, _mm512_mul_ps(second, cosine)));
  }
}

// NORMAL turns element 2i with 2i + 1.
static void turn_neighbours(int dims, const float *cosines, const float *sines, const float *from, float *to) {
  for (int pair = 0; pair < dims / 2; pair++) {
    const float first = from[2 * pair], second = from[2 * pair + 1];
    to[2 * pair] = first * cosines[pair] - second * sines[pair];
    to[2 * pair + 1] = first * sines[pair] + second * cosines[pair];
  }
}

// All layers turn by the same angles, so a thread keeps those of a graph: for each token whether they are there, and them.
struct kept {
  int64_t graph;
  const void *positions, *factors;
  int32_t parameters[16];
  int64_t tokens;
};

static bool is_kept(const struct kept *kept, const struct ggml_tensor *node, int64_t graph) {
  return kept->graph == graph && kept->positions == node->src[1]->data && kept->tokens == node->ne[2] &&
         kept->factors == (node->src[2] == NULL ? NULL : node->src[2]->data) &&
         memcmp(kept->parameters, node->op_params, sizeof kept->parameters) == 0;
}

static struct kept *recall(const struct ggml_tensor *node, member *self) {
  const size_t tokens = (size_t)node->ne[2], floats = (size_t)node->op_params[1];
  // The flags are floats too, so that everything behind them is aligned.
  struct kept *kept = keep(self, sizeof *kept + tokens * (1 + floats) * sizeof(float));
  if (!is_kept(kept, node, self->graph)) {
    *kept = (struct kept){.graph = self->graph,
                          .positions = node->src[1]->data,
                          .factors = node->src[2] == NULL ? NULL : node->src[2]->data,
                          .tokens = node->ne[2]};
    memcpy(kept->parameters, node->op_params, sizeof kept->parameters);
    memset(kept + 1, 0, tokens * sizeof(float));
  }
  return kept;
}

static const float *waves_of(const struct rotation *r, struct kept *kept, int64_t token, const int32_t *positions) {
  float *is_there = (float *)(kept + 1), *cosines = is_there + kept->tokens + token * r->dims;
  if (is_there[token] == 0) waves(r, positions[token], cosines, cosines + r->dims / 2);
  is_there[token] = 1;
  return cosines;
}

void rope(const struct ggml_tensor *node, member *self) {
  const struct ggml_tensor *from = node->src[0];
  const struct rotation r = read_rotation(node);
  struct kept *kept = recall(node, self);
  const struct share tokens = share_of(node->ne[2] * node->ne[3], self);
  for (int64_t t = tokens.first; t < tokens.end; t++) {
    const size_t token = (size_t)(t % node->ne[2]), batch = (size_t)(t / node->ne[2]);
    const float *cosines = waves_of(&r, kept, (int64_t)token, node->src[1]->data);
    for (size_t head = 0; head < (size_t)node->ne[1]; head++) {
      const float *source = (const float *)((const char *)from->data + head * from->nb[1] + token * from->nb[2] + batch * from->nb[3]);
      float *target = (float *)((char *)node->data + head * node->nb[1] + token * node->nb[2] + batch * node->nb[3]);
      (r.mode == NEOX ? turn_halves : turn_neighbours)(r.dims, cosines, cosines + r.dims / 2, source, target);
      memmove(target + r.dims, source + r.dims, (size_t)(node->ne[0] - r.dims) * sizeof(float));
    }
  }
}
