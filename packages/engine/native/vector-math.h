#pragma once

#include <immintrin.h>

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
