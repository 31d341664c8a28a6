#pragma once

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

// lanes_left masks what is left of a row: all 16 lanes, or those of its end.
static inline __mmask16 lanes_left(int64_t left) { return left >= 16 ? 0xffff : (__mmask16)((1u << left) - 1); }

static inline float half_at(const void *from) {
  uint16_t half;
  memcpy(&half, from, sizeof half);
  return _cvtsh_ss(half);
}

static inline uint16_t to_half(float value) { return _cvtss_sh(value, _MM_FROUND_TO_NEAREST_INT); }

// power_of_two is 2^x to 1e-7: the power of the whole part by exponent, that of the fraction in [0, 1) by a minimax
// polynomial (Lawson's iteration, constant term 1 so that 2^0 is exact). 2^-infinity is 0.
static inline __m512 power_of_two(__m512 x) {
  __m512 fraction = _mm512_reduce_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  __m512 y = _mm512_set1_ps(0.00186713399f);
  y = _mm512_fmadd_ps(y, fraction, _mm512_set1_ps(0.00901702202f));
  y = _mm512_fmadd_ps(y, fraction, _mm512_set1_ps(0.055799919f));
  y = _mm512_fmadd_ps(y, fraction, _mm512_set1_ps(0.240164449f));
  y = _mm512_fmadd_ps(y, fraction, _mm512_set1_ps(0.693151312f));
  y = _mm512_fmadd_ps(y, fraction, _mm512_set1_ps(1.0f));
  return _mm512_scalef_ps(y, x);
}
