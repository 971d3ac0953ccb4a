package dev.athanor.inference;

import dev.athanor.model.FeedForward;
import dev.athanor.model.WeightNames;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A mixture of experts. The rows that go to one expert are gathered, so that its weights are read once a pass, and all members share
/// each expert's products: none waits for another's fuller expert.
final class ExpertsPart implements BlockPart {
  private final FeedForward.Experts facts;
  private final Stream stream;
  private final PackedMatrix router;
  private final Gated[] experts;
  private final LoraSite routerSite;
  private final Optional<GatedPart> shared;
  private final Routing routing;
  private final Buffer scores;
  private final Activations gathered;
  private final Buffer gateUp;
  private final Activations gated;
  private final Buffer results;
  /// The adapters of the gathered rows, where a pass has some.
  private @Nullable LoadedAdapter[] adapters = {};

  ExpertsPart(
      Weights weights, FeedForward.Experts facts, WeightNames.Block names, Stream stream, Scratch scratch, LoraSites sites) {
    this.facts = facts;
    this.stream = stream;
    router = weights.packAsStored(weights.affine(names.router()));
    stream.in().readBy(router);
    routerSite = sites.site(router, List.of(new LoraSite.Part(names.router(), 0, router.rows(), 0)));
    experts = new Gated[facts.numExperts()];
    for (int e = 0; e < experts.length; e++) {
      experts[e] = Gated.load(weights, names.expert(e), sites);
    }
    shared =
        facts.shared().isPresent()
            ? Optional.of(
                new GatedPart(
                    Gated.load(weights, names.sharedExpert(), sites), facts.activation(), stream, scratch.frame()))
            : Optional.empty();
    routing = new Routing(facts);
    Scratch.Frame frame = scratch.frame();
    int k = facts.perToken();
    int spare = Routing.spareRows(facts);
    sites.widen(k, spare);
    scores = frame.rows(router.paddedRows());
    gathered = frame.activations(stream.hidden(), k, spare).readBy(experts[0].gateUp());
    gateUp = frame.rows(experts[0].stride(), k, spare);
    gated = frame.activations(facts.intermediateSize(), k, spare).readBy(experts[0].down());
    results = frame.rows(stream.stride(), k, spare);
  }

  @Override
  public void run(Share share) {
    if (shared.isPresent()) {
      shared.get().run(share);
    }
    int tokens = share.batch().tokens();
    if (share.thread() == 0) {
      routing.fit(tokens);
    }
    router.multiply(share, stream.in(), scores, router.paddedRows());
    routerSite.add(share, stream.in(), scores, router.paddedRows());
    share.barrier();
    for (int row = share.from(); row < share.to(); row++) {
      routing.choose(row, scores.data(), row * router.paddedRows());
    }
    share.barrier();
    if (share.thread() == 0) {
      routing.assign(tokens);
      assignAdapters(share.batch());
    }
    share.barrier();
    gather(share);
    share.barrier();
    for (int e = 0; e < experts.length; e++) {
      multiply(experts[e].gateUp(), e, gathered, gateUp, experts[e].stride(), share);
    }
    adapt(share, gathered, gateUp, experts[0].stride(), Gated::gateUpSite);
    share.barrier();
    activate(share);
    share.barrier();
    for (int e = 0; e < experts.length; e++) {
      multiply(experts[e].down(), e, gated, results, stream.stride(), share);
    }
    adapt(share, gated, results, stream.stride(), Gated::downSite);
    share.barrier();
    combine(share);
  }

  private boolean alone(int expert) {
    return routing.count(expert) == 1;
  }

  private void gather(Share share) {
    for (int row = share.from(); row < share.to(); row++) {
      for (int choice = 0; choice < facts.perToken(); choice++) {
        int place = routing.place(row, choice);
        gathered.copy(place, alone(routing.expert(row, choice)), stream.in(), row, share.batch().alone());
      }
    }
  }

  private void multiply(PackedMatrix matrix, int expert, Activations x, Buffer y, int stride, Share share) {
    int count = routing.count(expert);
    if (count > 0) {
      matrix.multiply(share, x, routing.first(expert), count, y.data(), stride);
    }
  }

  private void assignAdapters(Batch batch) {
    if (batch.distinctAdapters().isEmpty()) {
      return;
    }
    adapters = new LoadedAdapter[batch.tokens() * facts.perToken() + Routing.spareRows(facts)];
    for (int row = 0; row < batch.tokens(); row++) {
      for (int choice = 0; choice < facts.perToken(); choice++) {
        adapters[routing.place(row, choice)] = batch.adapters()[row];
      }
    }
  }

  /// What adapters add to the products of all experts.
  private void adapt(Share share, Activations x, Buffer y, int stride, Function<Gated, LoraSite> site) {
    boolean touched = false;
    for (Gated expert : experts) {
      touched |= site.apply(expert).touches(share.batch());
    }
    if (!touched) {
      return;
    }
    for (int e = 0; e < experts.length; e++) {
      site.apply(experts[e]).reduce(share, adapters, routing.first(e), routing.count(e), x);
    }
    share.barrier();
    for (int e = 0; e < experts.length; e++) {
      site.apply(experts[e]).expand(share, adapters, routing.first(e), routing.count(e), y.data(), stride);
    }
  }

  private void activate(Share share) {
    for (int row = share.from(); row < share.to(); row++) {
      for (int choice = 0; choice < facts.perToken(); choice++) {
        int expert = routing.expert(row, choice);
        int place = routing.place(row, choice);
        experts[expert].activate(facts.activation(), gateUp.data(), place, gated, alone(expert));
      }
    }
  }

  private void combine(Share share) {
    float[] out = stream.out().data();
    for (int row = share.from(); row < share.to(); row++) {
      int at = row * stream.stride();
      if (shared.isEmpty()) {
        Arrays.fill(out, at, at + stream.hidden(), 0);
      }
      for (int choice = 0; choice < facts.perToken(); choice++) {
        int result = routing.place(row, choice) * stream.stride();
        Kernels.addScaled(out, at, routing.weight(row, choice), results.data(), result, stream.hidden());
      }
    }
  }
}
