package dev.athanor.data.step;

import dev.athanor.data.CommentSyntax.Comment;
import dev.athanor.data.Document;
import dev.athanor.data.LicenceHeader;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Verdict;
import java.util.List;

/// Takes the licence comments above the code away, so that a model does not spend its capacity on learning them by heart.
public record StripLicenceHeader() implements DocumentStep {
  @Override
  public Verdict apply(Document document) {
    List<Comment> headers = LicenceHeader.find(document.text(), document.language());
    if (headers.isEmpty()) {
      return new Verdict.Kept(document);
    }
    var text = new StringBuilder(document.text());
    for (Comment header : headers.reversed()) {
      text.delete(header.start(), header.end());
    }
    return new Verdict.Kept(document.withText(NormaliseText.normalise(text.toString())));
  }
}
