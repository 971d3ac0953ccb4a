package dev.athanor.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LayoutOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// An n-dimensional array in native memory, with LibTorch's gradients.
///
/// Names and meanings are LibTorch's; a trailing `_` changes the tensor in place and returns it. Memory belongs to the [Scope]
/// that is open on the thread.
public final class Tensor implements AutoCloseable {
  static {
    LibTorch.load();
  }

  final org.bytedeco.pytorch.Tensor raw;

  Tensor(org.bytedeco.pytorch.Tensor raw) {
    this.raw = raw;
  }

  // ---- making ----

  public static Tensor zeros(long... shape) {
    return here(torch.zeros(shape));
  }

  /// Memory with whatever it held.
  public static Tensor empty(long... shape) {
    return empty(Precision.F32, shape);
  }

  /// Memory for numbers of a precision, with whatever it held.
  public static Tensor empty(Precision precision, long... shape) {
    try (org.bytedeco.pytorch.Device device = new org.bytedeco.pytorch.Device(Device.current().type());
        ScalarTypeOptional type = new ScalarTypeOptional(precision.scalarType());
        LayoutOptional layout = new LayoutOptional();
        DeviceOptional where = new DeviceOptional(device);
        BoolOptional pinned = new BoolOptional();
        MemoryFormatOptional order = new MemoryFormatOptional()) {
      return new Tensor(torch.empty(shape, type, layout, where, pinned, order));
    }
  }

  /// f32 values, copied.
  public static Tensor of(float[] values, long... shape) {
    Tensor tensor = new Tensor(torch.empty(shape));
    tensor.set(values);
    return here(tensor.raw);
  }

  /// What was made on the CPU, on the device of the thread.
  private static Tensor here(org.bytedeco.pytorch.Tensor made) {
    if (Device.current() == Device.CPU) {
      return new Tensor(made);
    }
    Tensor moved = new Tensor(to(made, Device.current()));
    made.close();
    return moved;
  }

  private static org.bytedeco.pytorch.Tensor to(org.bytedeco.pytorch.Tensor tensor, Device device) {
    try (org.bytedeco.pytorch.Device where = new org.bytedeco.pytorch.Device(device.type())) {
      return tensor.to(where, tensor.scalar_type());
    }
  }

  /// i64 values, copied; for indices.
  public static Tensor of(long[] values, long... shape) {
    try (LongPointer pointer = new LongPointer(values);
        TensorOptions options = new TensorOptions(torch.ScalarType.Long)) {
      var borrowed = torch.from_blob(pointer, shape, options);
      var copy = borrowed.clone();
      borrowed.close();
      return here(copy);
    }
  }

  public static Tensor cat(List<Tensor> parts, long dim) {
    return new Tensor(torch.cat(vector(parts), dim));
  }

  public static Tensor stack(List<Tensor> parts) {
    return new Tensor(torch.stack(vector(parts), 0));
  }

  // ---- looking ----

  public long size(long dim) {
    return raw.size(dim);
  }

  public long[] shape() {
    long[] shape = new long[(int) raw.dim()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = raw.size(i);
    }
    return shape;
  }

  public long count() {
    return raw.numel();
  }

  /// The only value of a one-element tensor.
  public double item() {
    try (Scalar value = raw.item()) {
      return value.toDouble();
    }
  }

  private org.bytedeco.pytorch.Tensor onCpu() {
    var flat = raw.contiguous();
    if (!flat.is_cuda()) {
      return flat;
    }
    var moved = flat.cpu();
    flat.close();
    return moved;
  }

  /// The values, row by row, copied.
  public float[] floats() {
    var flat = onCpu();
    float[] values = new float[(int) flat.numel()];
    if (values.length > 0) {
      MemorySegment.copy(segment(flat), ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
    }
    flat.close();
    return values;
  }

  /// Overwrites an f32 tensor's values.
  public void set(float[] values) {
    if (values.length != raw.numel() || !raw.is_contiguous()) {
      throw new IllegalArgumentException(values.length + " values for " + raw.numel());
    }
    if (values.length > 0) {
      MemorySegment.copy(values, 0, segment(raw), ValueLayout.JAVA_FLOAT, 0, values.length);
    }
  }

  private static MemorySegment segment(org.bytedeco.pytorch.Tensor tensor) {
    FloatPointer data = tensor.data_ptr_float();
    return MemorySegment.ofAddress(data.address()).reinterpret(tensor.numel() * Float.BYTES);
  }

  // ---- shapes ----

  public Tensor view(long... shape) {
    return new Tensor(raw.view(shape));
  }

  public Tensor reshape(long... shape) {
    return new Tensor(raw.reshape(shape));
  }

  public Tensor transpose(long a, long b) {
    return new Tensor(raw.transpose(a, b));
  }

  public Tensor t() {
    return new Tensor(raw.t());
  }

  /// A view that repeats dimensions of size 1.
  public Tensor expand(long... shape) {
    return new Tensor(raw.expand(shape));
  }

  public Tensor unsqueeze(long dim) {
    return new Tensor(raw.unsqueeze(dim));
  }

  public Tensor narrow(long dim, long start, long length) {
    return new Tensor(raw.narrow(dim, start, length));
  }

  public Tensor select(long dim, long index) {
    return new Tensor(raw.select(dim, index));
  }

  /// Parts of the given sizes along a dimension; one backward step joins their gradients.
  public List<Tensor> split(long[] sizes, long dim) {
    TensorVector parts = raw.split_with_sizes(sizes, dim);
    return LongStream.range(0, parts.size())
        .mapToObj(i -> new Tensor(new org.bytedeco.pytorch.Tensor(parts.get(i))))
        .toList();
  }

  /// The dimensions in another order.
  public Tensor permute(long... order) {
    return new Tensor(raw.permute(order));
  }

  /// The same values as f32; this tensor itself where it is that already.
  public Tensor f32() {
    return raw.scalar_type() == torch.ScalarType.Float ? this : new Tensor(raw.to(torch.ScalarType.Float));
  }

  /// The same values in a precision, rounded where it is less; this tensor itself where it is that already.
  public Tensor to(Precision precision) {
    return raw.scalar_type() == precision.scalarType() ? this : new Tensor(raw.to(precision.scalarType()));
  }

  /// Bytes that one value takes.
  public int valueBytes() {
    return (int) raw.element_size();
  }

  /// The same values, row by row in memory.
  public Tensor contiguous() {
    return new Tensor(raw.contiguous());
  }

  /// i64 values, row by row, copied.
  public long[] longs() {
    var flat = onCpu();
    long[] values = new long[(int) flat.numel()];
    if (values.length > 0) {
      MemorySegment.copy(
          MemorySegment.ofAddress(flat.data_ptr_long().address()).reinterpret(values.length * (long) Long.BYTES),
          ValueLayout.JAVA_LONG, 0, values, 0, values.length);
    }
    flat.close();
    return values;
  }

  // ---- arithmetic ----

  public Tensor add(Tensor other) {
    return new Tensor(raw.add(other.raw));
  }

  public Tensor add(double value) {
    try (Scalar scalar = new Scalar(value)) {
      return new Tensor(raw.add(scalar));
    }
  }

  public Tensor sub(Tensor other) {
    return new Tensor(raw.sub(other.raw));
  }

  public Tensor mul(Tensor other) {
    return new Tensor(raw.mul(other.raw));
  }

  public Tensor mul(double factor) {
    try (Scalar scalar = new Scalar(factor)) {
      return new Tensor(raw.mul(scalar));
    }
  }

  public Tensor neg() {
    return new Tensor(raw.neg());
  }

  public Tensor tanh() {
    return new Tensor(raw.tanh());
  }

  public Tensor silu() {
    return new Tensor(torch.silu(raw));
  }

  /// `x · Φ(x)`
  public Tensor gelu() {
    return new Tensor(torch.gelu(raw, "none"));
  }

  /// The same, approximated by a hyperbolic tangent.
  public Tensor geluTanh() {
    return new Tensor(torch.gelu(raw, "tanh"));
  }

  public Tensor relu() {
    return new Tensor(torch.relu(raw));
  }

  public Tensor sigmoid() {
    return new Tensor(torch.sigmoid(raw));
  }

  /// `ln(1 + exp(x))`
  public Tensor softplus() {
    return new Tensor(torch.softplus(raw));
  }

  public Tensor exp() {
    return new Tensor(raw.exp());
  }

  public Tensor softmax(long dim) {
    return new Tensor(torch.softmax(raw, dim));
  }

  /// `ln Σ exp(x)` along a dimension, which goes.
  public Tensor logSumExp(long dim) {
    return new Tensor(torch.logsumexp(raw, new long[] {dim}, false));
  }

  /// The `k` largest along the last dimension, largest first, and where they stand.
  public TopK topK(long k) {
    var result = torch.topk(raw, k);
    return new TopK(
        new Tensor(new org.bytedeco.pytorch.Tensor(result.get0())), new Tensor(new org.bytedeco.pytorch.Tensor(result.get1())));
  }

  /// @param indices i64
  public record TopK(Tensor values, Tensor indices) {}

  /// Running sums.
  public Tensor cumsum(long dim) {
    return new Tensor(raw.cumsum(dim));
  }

  /// Sums along a dimension.
  ///
  /// @param keep leaves it with size 1
  public Tensor sum(long dim, boolean keep) {
    return new Tensor(raw.sum(new long[] {dim}, keep, new ScalarTypeOptional()));
  }

  /// The largest along a dimension, which goes.
  public Tensor max(long dim) {
    return new Tensor(torch.amax(raw, new long[] {dim}, false));
  }

  /// The mean along a dimension, which goes.
  public Tensor mean(long dim) {
    return new Tensor(raw.mean(new long[] {dim}, false, new ScalarTypeOptional()));
  }

  /// Products of the matrices in the last two dimensions; the others are repeated where they are 1.
  public Tensor matmul(Tensor other) {
    return new Tensor(raw.matmul(other.raw));
  }

  /// Zeros before and after along the last dimension.
  public Tensor padLast(long before, long after) {
    return new Tensor(torch.constant_pad_nd(raw, before, after));
  }

  /// `(x − mean) / sqrt(variance + epsilon) ⊙ weight + bias` over the last dimension.
  public Tensor layerNorm(Tensor weight, Tensor bias, double epsilon) {
    try (TensorOptional w = new TensorOptional(weight.raw);
        TensorOptional b = new TensorOptional(bias.raw)) {
      return new Tensor(torch.layer_norm(raw, new long[] {weight.count()}, w, b, epsilon, false));
    }
  }

  /// Each channel convolved with a kernel of its own: [batch, channels, length] by [channels, 1, kernel] gives
  /// [batch, channels, length − kernel + 1].
  public Tensor depthwiseConvolution(Tensor kernels) {
    try (TensorOptional noBias = new TensorOptional()) {
      return new Tensor(
          torch.conv1d(raw, kernels.raw, noBias, new long[] {1}, new long[] {0}, new long[] {1}, kernels.size(0)));
    }
  }

  public Tensor square() {
    return new Tensor(raw.square());
  }

  public Tensor sqrt() {
    return new Tensor(raw.sqrt());
  }

  public Tensor div(Tensor other) {
    return new Tensor(raw.div(other.raw));
  }

  /// The mean of each row of a matrix, [rows, 1].
  public Tensor meanOfRows() {
    return new Tensor(raw.mean(new long[] {1}, true, new ScalarTypeOptional()));
  }

  public Tensor sum() {
    return new Tensor(raw.sum());
  }

  /// The Euclidean length of all values taken as one vector.
  public Tensor norm() {
    return new Tensor(raw.norm());
  }

  /// Each matrix of a [batch, rows, columns] stack divided by its own Euclidean length.
  public Tensor divideByNorms() {
    try (Scope scope = new Scope();
        Scalar tiny = new Scalar(1e-7)) {
      var norms = raw.square().sum(new long[] {1, 2}, true, new ScalarTypeOptional()).sqrt().add_(tiny);
      return scope.keep(new Tensor(raw.div(norms)));
    }
  }

  public Tensor mm(Tensor other) {
    return new Tensor(raw.mm(other.raw));
  }

  public Tensor bmm(Tensor other) {
    return new Tensor(raw.bmm(other.raw));
  }

  /// `this · weightᵀ`, for a weight of shape [out, in] as checkpoints keep it.
  public Tensor linear(Tensor weight) {
    return new Tensor(torch.linear(raw, weight.raw));
  }

  public Tensor linear(Tensor weight, Tensor bias) {
    try (TensorOptional optional = new TensorOptional(bias.raw)) {
      return new Tensor(torch.linear(raw, weight.raw, optional));
    }
  }

  public Tensor logSoftmax(long dim) {
    return new Tensor(raw.log_softmax(dim));
  }

  public Tensor gather(long dim, Tensor index) {
    return new Tensor(raw.gather(dim, index.raw));
  }

  public Tensor indexSelect(long dim, Tensor index) {
    return new Tensor(raw.index_select(dim, index.raw));
  }

  /// Rows of this [vocabulary, width] table by i64 index.
  public Tensor embedding(Tensor index) {
    return new Tensor(torch.embedding(raw, index.raw));
  }

  /// The same rows with a sparse gradient, that of the rows which were looked up: for tables far larger than a batch. Such a
  /// gradient adds up, scales and has a norm as any other once it is [#coalesce]d.
  public Tensor sparseEmbedding(Tensor index) {
    return new Tensor(torch.embedding(raw, index.raw, -1, false, true));
  }

  /// Whether only some rows are stored.
  public boolean isSparse() {
    return raw.is_sparse();
  }

  /// A sparse tensor whose rows are each stored once, in order.
  public Tensor coalesce() {
    return new Tensor(raw.coalesce());
  }

  /// Which rows a coalesced tensor stores.
  public Tensor sparseRows() {
    return new Tensor(raw.indices()).select(0, 0);
  }

  /// The rows that a coalesced tensor stores, [rows, …].
  public Tensor sparseValues() {
    return new Tensor(raw.values());
  }

  /// Softmax attention with the flash kernel. `query`, `key`, `value`: [batch, heads, length, headDim], equal heads.
  /// Dao et al., https://arxiv.org/abs/2205.14135
  public static Tensor attention(Tensor query, Tensor key, Tensor value, boolean causal) {
    return attention(query, key, value, causal, 1 / Math.sqrt((double) query.size(3)));
  }

  /// @param scale of the products of queries and keys
  public static Tensor attention(Tensor query, Tensor key, Tensor value, boolean causal, double scale) {
    try (TensorOptional noMask = new TensorOptional();
        DoubleOptional scaled = new DoubleOptional(scale)) {
      return new Tensor(
          torch.scaled_dot_product_attention(query.raw, key.raw, value.raw, noMask, 0.0, causal, scaled, false));
    }
  }

  /// @param bias added to the scores, repeated where it has size 1: [batch, heads, queries, keys]; −∞ hides a key
  public static Tensor attention(Tensor query, Tensor key, Tensor value, Tensor bias, double scale) {
    try (TensorOptional mask = new TensorOptional(bias.raw);
        DoubleOptional scaled = new DoubleOptional(scale)) {
      return new Tensor(
          torch.scaled_dot_product_attention(query.raw, key.raw, value.raw, mask, 0.0, false, scaled, false));
    }
  }

  /// A copy whose places along a dimension are taken from `source` where `index` names them, each at most once.
  public Tensor indexCopy(long dim, Tensor index, Tensor source) {
    return new Tensor(raw.index_copy(dim, index.raw, source.raw));
  }

  // ---- in place ----

  public Tensor zero_() {
    raw.zero_();
    return this;
  }

  public Tensor fill_(double value) {
    try (Scalar scalar = new Scalar(value)) {
      raw.fill_(scalar);
    }
    return this;
  }

  public Tensor copy_(Tensor source) {
    raw.copy_(source.raw);
    return this;
  }

  public Tensor add_(Tensor other) {
    raw.add_(other.raw);
    return this;
  }

  /// `this += factor · other`
  public Tensor add_(Tensor other, double factor) {
    try (Scalar scalar = new Scalar(factor)) {
      raw.add_(other.raw, scalar);
    }
    return this;
  }

  public Tensor mul_(double factor) {
    try (Scalar scalar = new Scalar(factor)) {
      raw.mul_(scalar);
    }
    return this;
  }

  public Tensor mul_(Tensor other) {
    raw.mul_(other.raw);
    return this;
  }

  /// Adds one.
  public Tensor increment_() {
    return add_(1);
  }

  public Tensor add_(double value) {
    try (Scalar scalar = new Scalar(value)) {
      raw.add_(scalar);
    }
    return this;
  }

  public Tensor exp_() {
    raw.exp_();
    return this;
  }

  /// `this ← beta · this + alpha · a · b`
  public Tensor addmm_(Tensor a, Tensor b, double beta, double alpha) {
    try (Scalar betaScalar = new Scalar(beta);
        Scalar alphaScalar = new Scalar(alpha)) {
      raw.addmm_(a.raw, b.raw, betaScalar, alphaScalar);
    }
    return this;
  }

  /// Writes the rows (or places of another dimension) that `index` names, each at most once.
  public Tensor indexCopy_(long dim, Tensor index, Tensor source) {
    raw.index_copy_(dim, index.raw, source.raw);
    return this;
  }

  public Tensor scatterAdd_(long dim, Tensor index, Tensor source) {
    raw.scatter_add_(dim, index.raw, source.raw);
    return this;
  }

  /// `into ← a · b`
  public static void mmOut(Tensor into, Tensor a, Tensor b) {
    torch.mm_out(into.raw, a.raw, b.raw);
  }

  /// `into ← log_softmax(source)`; the two may be the same tensor.
  public static void logSoftmaxOut(Tensor into, Tensor source, long dim) {
    torch.log_softmax_out(into.raw, source.raw, dim);
  }

  // ---- gradients ----

  /// A tensor on the same memory, outside any graph.
  public Tensor detach() {
    return new Tensor(raw.detach());
  }

  @Override
  public Tensor clone() {
    return new Tensor(raw.clone());
  }

  /// Gradients will be collected for this leaf.
  public Tensor requireGrad() {
    raw.set_requires_grad(true);
    return this;
  }

  /// The collected gradient, as a reference of its own; ask [#hasGrad] first.
  public Tensor grad() {
    return new Tensor(new org.bytedeco.pytorch.Tensor(raw.grad()));
  }

  public boolean hasGrad() {
    var grad = raw.grad();
    return grad.defined();
  }

  /// Adds to the collected gradient as if backward had.
  public void addToGrad(Tensor gradient) {
    if (hasGrad()) {
      grad().add_(gradient);
    } else {
      raw.mutable_grad().put(gradient.raw);
    }
  }

  /// Drops the collected gradient and its memory.
  public void clearGrad() {
    raw.mutable_grad().reset();
  }

  /// Backward from a scalar.
  public void backward() {
    raw.backward();
  }

  /// Backward from here with the gradient of the loss by this tensor.
  public void backward(Tensor gradient) {
    try (BoolOptional keep = new BoolOptional();
        TensorArrayRefOptional all = new TensorArrayRefOptional()) {
      raw.backward(gradient.raw, keep, false, all);
    }
  }

  /// Survives the scopes that are open, until it is closed itself.
  public Tensor release() {
    raw.retainReference();
    return this;
  }

  /// Backward from several results at once, each with the gradient of the loss by it.
  public static void backward(List<Tensor> results, List<Tensor> gradients) {
    try (BoolOptional keep = new BoolOptional()) {
      torch.backward(vector(results), vector(gradients), keep, false, new TensorVector());
    }
  }

  @Override
  public void close() {
    raw.close();
  }

  static TensorVector vector(List<Tensor> parts) {
    return new TensorVector(
        parts.stream().map(part -> part.raw).toArray(org.bytedeco.pytorch.Tensor[]::new));
  }
}
