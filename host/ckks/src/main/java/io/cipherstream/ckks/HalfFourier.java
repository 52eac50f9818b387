package io.cipherstream.ckks;

/**
 * The Fourier transform Y[j] = Σ y[t] e^(−2πi·tj/F) of F real numbers, F a power of two, by a
 * complex one of size H = F/2 on z[k] = y[2k] + i·y[2k+1]:
 *
 * <pre>  Y[j] = A + e^(−2πij/F)·B,   A = (Z[j] + conj Z[H−j])/2,   B = (Z[j] − conj Z[H−j])/2i.
 * </pre>
 *
 * Immutable; safe for concurrent use.
 */
final class HalfFourier {

  private final int half;

  /** Of the layer that joins transforms of size m, at m to 2m − 1; and the last, of size H. */
  private final double[] cos;

  private final double[] sin;

  HalfFourier(int size) {
    this.half = size / 2;
    this.cos = new double[size];
    this.sin = new double[size];
    for (int m = 1; m <= half; m <<= 1) {
      for (int j = 0; j < m; j++) {
        cos[m + j] = Math.cos(Math.PI * j / m);
        sin[m + j] = -Math.sin(Math.PI * j / m);
      }
    }
  }

  /** Where {@link #transform} wants y[t]: real parts of z in bit-reversed order, then imaginary. */
  int place(int t) {
    int bits = Integer.numberOfTrailingZeros(half);
    int k = bits == 0 || half == 0 ? 0 : Integer.reverse(t / 2) >>> (32 - bits);
    return k + t % 2 * half;
  }

  /** Z, H real parts and then H imaginary ones, in the place of the values. */
  void transform(double[] values) {
    for (int m = 1; m < half; m <<= 1) {
      for (int start = 0; start < half; start += 2 * m) {
        layer(values, start, m);
      }
    }
  }

  private void layer(double[] z, int start, int m) {
    for (int j = 0; j < m; j++) {
      int a = start + j;
      int b = a + m;
      double c = cos[m + j];
      double s = sin[m + j];
      double re = z[b] * c - z[half + b] * s;
      double im = z[b] * s + z[half + b] * c;
      z[b] = z[a] - re;
      z[half + b] = z[half + a] - im;
      z[a] += re;
      z[half + a] += im;
    }
  }

  /**
   * Writes factor · Re(Y[j]·(c[j] − i·s[j])) for all F indices j.
   *
   * @param z what {@link #transform} left
   */
  void rotatedRealParts(double[] z, double[] c, double[] s, double factor, double[] to) {
    if (half == 0) {
      to[0] = factor * z[0] * c[0];
      return;
    }
    for (int j = 0; j < half; j++) {
      int mirrored = j == 0 ? 0 : half - j;
      double re = z[mirrored];
      double im = z[half + mirrored];
      double aRe = (z[j] + re) / 2;
      double aIm = (z[half + j] - im) / 2;
      double bRe = (z[half + j] + im) / 2;
      double bIm = (re - z[j]) / 2;
      double xRe = bRe * cos[half + j] - bIm * sin[half + j];
      double xIm = bRe * sin[half + j] + bIm * cos[half + j];
      to[j] = factor * ((aRe + xRe) * c[j] + (aIm + xIm) * s[j]);
      to[half + j] = factor * ((aRe - xRe) * c[half + j] + (aIm - xIm) * s[half + j]);
    }
  }
}
