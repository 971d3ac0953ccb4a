package dev.athanor.inference.quantize;

import dev.athanor.inference.DenseProduct;

/// `H = XᵀX / n`, what the squared error of a matrix's outputs weighs its errors with: `E‖(W − Q) x‖² = tr (W − Q) H (W − Q)ᵀ`.
///
/// @param size columns
/// @param values row by row, [size, size]
record InputGram(int size, double[] values) {
  static InputGram of(Inputs inputs, DenseProduct products) {
    int size = inputs.cols();
    float[] transposed = inputs.transposed();
    float[] sums = products.multiply(transposed, size, inputs.count(), transposed);
    double[] values = new double[sums.length];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        // Both halves alike to the last bit.
        values[i * size + j] = ((double) sums[i * size + j] + sums[j * size + i]) / 2 / inputs.count();
      }
    }
    return new InputGram(size, values);
  }

  /// The mean square of each column.
  double[] diagonal() {
    double[] diagonal = new double[size];
    for (int i = 0; i < size; i++) {
      diagonal[i] = values[i * size + i];
    }
    return diagonal;
  }

  /// With `share` of the mean square added to every column's: columns that are nearly combinations of others, or never read, no longer
  /// make it singular.
  InputGram damped(double share) {
    double mean = 0;
    for (double square : diagonal()) {
      mean += square / size;
    }
    double[] damped = values.clone();
    for (int i = 0; i < size; i++) {
      damped[i * size + i] += mean == 0 ? 1 : share * mean;
    }
    return new InputGram(size, damped);
  }

  /// With columns, and rows, in another order.
  InputGram ordered(int[] order) {
    double[] other = new double[values.length];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        other[i * size + j] = values[order[i] * size + order[j]];
      }
    }
    return new InputGram(size, other);
  }

  /// The mean squared error of the outputs of rows that are off by `errors`, [rows, size].
  double error(double[] errors) {
    double sum = 0;
    for (int row = 0; row < errors.length; row += size) {
      for (int i = 0; i < size; i++) {
        double product = 0;
        for (int j = 0; j < size; j++) {
          product += values[i * size + j] * errors[row + j];
        }
        sum += errors[row + i] * product;
      }
    }
    return sum;
  }

  /// U, upper triangular, with `H⁻¹ = UᵀU`. From `H = MMᵀ` with M upper triangular (a Cholesky decomposition from the last column to
  /// the first), U = M⁻¹.
  ///
  /// @throws ArithmeticException when H is not positive definite
  double[] inverseRoot() {
    double[] m = new double[values.length];
    for (int j = size - 1; j >= 0; j--) {
      double[] column = column(m, j);
      if (!(column[j] > 0)) {
        throw new ArithmeticException("the inputs' products are not positive definite; dampen them more");
      }
      double root = Math.sqrt(column[j]);
      for (int i = 0; i < j; i++) {
        m[i * size + j] = column[i] / root;
      }
      m[j * size + j] = root;
    }
    return inverse(m);
  }

  /// What of column j is left when the columns behind it have taken their part.
  private double[] column(double[] m, int j) {
    double[] left = new double[size];
    Rows.each(
        j + 1,
        i -> {
          double sum = values[i * size + j];
          for (int k = j + 1; k < size; k++) {
            sum -= m[i * size + k] * m[j * size + k];
          }
          left[i] = sum;
        });
    return left;
  }

  /// Of an upper triangular matrix, row by row from the last.
  private double[] inverse(double[] m) {
    double[] u = new double[m.length];
    for (int i = size - 1; i >= 0; i--) {
      double pivot = 1 / m[i * size + i];
      for (int k = i + 1; k < size; k++) {
        double factor = m[i * size + k] * pivot;
        if (factor != 0) {
          for (int j = k; j < size; j++) {
            u[i * size + j] -= factor * u[k * size + j];
          }
        }
      }
      u[i * size + i] = pivot;
    }
    return u;
  }
}
