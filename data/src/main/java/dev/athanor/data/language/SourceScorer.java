package dev.athanor.data.language;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tells source code from prose, and its language, by what its lines begin with and hold. A clue counts its weight for each line that shows
/// it, at most four times. Code is what shows clues enough for its number of lines; the confidence is the best language's part of its own and
/// the next one's points.
final class SourceScorer {
  /// Where a clue stands in a line without the white space around it.
  private enum Place {
    START,
    INSIDE,
    END
  }

  private record Clue(Place place, String text, int weight) {}

  private static final int MOST_HITS = 4;
  private static final int LEAST_POINTS = 6;
  private static final int MOST_LINES = 400;
  private static final int LONGEST_LINE = 300;

  private static final Map<String, List<Clue>> CLUES =
      Map.ofEntries(
          Map.entry("java", List.of(start("package ", 1), end(";", 1), end(") {", 1), start("import java.", 5), start("import javax.", 5), start("import org.", 2),
              start("public class ", 3), start("public final class ", 4), start("public interface ", 3), start("public static void main(", 5),
              start("@Override", 4), start("private final ", 3), start("public static ", 2), start("private ", 1), inside("System.out.print", 5),
              inside(" throws ", 2), inside(" extends ", 1), inside(" implements ", 2), start("protected ", 1), inside("String[] ", 2))),
          Map.entry("kotlin", List.of(start("fun ", 4), start("val ", 2), start("data class ", 5), start("override fun ", 5), start("package ", 1),
              start("companion object", 5), inside("?.let", 3), start("import kotlin", 5), start("private val ", 4), start("suspend fun ", 5))),
          Map.entry("scala", List.of(start("object ", 3), start("case class ", 4), start("trait ", 2), start("import scala.", 5), start("implicit ", 3),
              inside(" extends App", 5), start("def ", 1), start("val ", 1), inside(" => ", 1), inside("): Unit =", 4))),
          Map.entry("python", List.of(start("def ", 2), start("import ", 1), start("from ", 1), inside(" import ", 1), start("class ", 1), end("):", 2),
              start("elif ", 4), start("if __name__ ==", 6), inside("self.", 2), inside("(self", 3), start("#!/usr/bin/env python", 8),
              start("except ", 2), start("print(", 2), end(":", 1), start("@property", 2), inside("None", 1), start("with open(", 4), start("async def ", 4))),
          Map.entry("javascript", List.of(end(";", 1), end(") {", 1), start("const ", 2), start("let ", 2), start("var ", 1), start("function ", 2), inside("=> {", 2), inside("require('", 3),
              inside("require(\"", 3), start("module.exports", 5), start("export default ", 3), inside("console.log(", 3), inside(" === ", 2),
              inside("document.", 1), inside("window.", 1), start("'use strict'", 5), start("\"use strict\"", 5), inside("async function", 2))),
          Map.entry("typescript", List.of(end(";", 1), end(") {", 1), start("interface ", 2), inside(": string", 3), inside(": number", 3), inside(": boolean", 3), start("export interface ", 5),
              start("export type ", 5), inside(" as const", 3), start("import type ", 5), start("const ", 1), start("export const ", 2), inside("=> {", 1),
              inside(": void", 2), inside("Promise<", 2), start("private readonly ", 4), start("readonly ", 3), start("export class ", 3), inside(" from '", 2))),
          Map.entry("go", List.of(start("package ", 2), start("func ", 4), start("func (", 3), inside(" := ", 3), start("import (", 4), start("type ", 1), inside(" struct {", 3),
              inside("if err != nil", 6), start("defer ", 3), inside("fmt.", 2), start("go func", 4), inside("chan ", 2), start("//go:", 5))),
          Map.entry("rust", List.of(start("fn ", 4), start("pub fn ", 5), start("let mut ", 5), start("use std::", 5), start("impl ", 3), start("#[derive(", 6), start("pub struct ", 4),
              start("mod ", 2), inside("::new(", 2), inside("println!(", 4), inside("&mut ", 3), inside("-> Result<", 4), inside(".unwrap()", 3), start("match ", 2), start("let ", 1),
              start("use crate::", 5))),
          Map.entry("c", List.of(end(";", 1), end(") {", 1), start("#include <", 3), start("#include \"", 2), start("#define ", 3), start("#ifndef ", 3), start("#ifdef ", 2), start("#endif", 2), start("typedef struct", 4),
              inside("int main(", 3), inside("printf(", 2), inside("malloc(", 3), inside("->", 1), start("static int ", 3), start("struct ", 2), inside("sizeof(", 2), inside("char *", 3),
              inside("void *", 2), start("static void ", 2), inside("NULL", 1))),
          Map.entry("cpp", List.of(end(";", 1), end(") {", 1), start("#include <iostream>", 6), start("#include <vector>", 6), start("#include <string>", 5), start("#include <", 1), start("using namespace ", 5),
              inside("std::", 4), inside("cout <<", 4), start("template <", 4), start("template<", 4), start("namespace ", 3), start("public:", 3), start("private:", 3),
              inside("const &", 1), inside("nullptr", 3), inside("::", 1), start("virtual ", 3), inside("static_cast<", 4), inside("std::unique_ptr<", 3), start("#pragma once", 3))),
          Map.entry("csharp", List.of(end(";", 1), end(") {", 1), start("using System", 6), start("namespace ", 2), inside("{ get; set; }", 6), start("public class ", 1), inside("Console.Write", 5),
              inside("string ", 1), start("public async Task", 5), start("[assembly:", 5), inside("var ", 1), start("public override ", 3))),
          Map.entry("swift", List.of(start("import Foundation", 6), start("import UIKit", 6), start("import SwiftUI", 6), start("func ", 2), start("let ", 1), start("guard let ", 5), start("if let ", 3),
              start("@IBOutlet", 5), inside("-> ", 1), start("extension ", 2), start("struct ", 1), start("protocol ", 3), start("override func ", 5))),
          Map.entry("ruby", List.of(start("require '", 4), start("require_relative ", 5), start("module ", 2), start("def ", 2), start("end", 1), start("attr_accessor ", 5), start("attr_reader ", 5),
              inside(" do |", 4), start("puts ", 3), inside(".each do", 4), start("class ", 1), start("unless ", 2), start("elsif ", 3))),
          Map.entry("php", List.of(end(";", 1), end(") {", 1), start("<?php", 10), inside("$this->", 5), start("echo ", 2), inside("function ", 1), inside("$_GET", 5), inside("$_POST", 5), start("namespace ", 1), start("use ", 1),
              start("$", 2), start("public function ", 4))),
          Map.entry("shell", List.of(start("#!/bin/sh", 10), start("#!/bin/bash", 10), start("#!/usr/bin/env bash", 10), start("if [ ", 4), start("if [[ ", 5), start("fi", 2), start("done", 2), start("esac", 4),
              end("; then", 5), end("; do", 4), start("export ", 2), start("echo ", 2), inside("\"$", 2), inside("$(", 2), start("sudo ", 3), start("set -e", 5), inside(" | grep ", 3), start("cd ", 1))),
          Map.entry("sql", List.of(start("SELECT ", 4), start("select ", 2), start("FROM ", 3), start("INSERT INTO ", 6), start("insert into ", 5), start("CREATE TABLE ", 6), start("create table ", 6),
              start("ALTER TABLE ", 6), start("WHERE ", 3), start("UPDATE ", 3), start("DELETE FROM ", 5), inside("VARCHAR", 3), inside("PRIMARY KEY", 4), start("GROUP BY ", 4), start("ORDER BY ", 4), inside(" JOIN ", 3),
              start("DROP TABLE ", 5), inside("NOT NULL", 2), start("LEFT JOIN ", 4))),
          Map.entry("html", List.of(start("<!DOCTYPE html", 12), start("<!doctype html", 12), start("<html", 8), start("<head", 5), start("<body", 5), start("<div", 4), start("</div", 3), inside("<a href=", 3),
              start("<script", 4), start("<link ", 3), start("<meta ", 4), start("<p>", 3), start("<li", 2), start("<ul", 2), inside("</span>", 2), start("<img ", 3), start("<table", 3), start("<tr", 2), inside("</td>", 2))),
          Map.entry("xml", List.of(start("<?xml", 12), inside("xmlns", 4), start("<!DOCTYPE ", 2), start("</", 1), inside("</", 1), end("/>", 2), start("<!--", 1))),
          Map.entry("css", List.of(inside("color:", 2), inside("margin:", 3), inside("padding:", 3), inside("font-size:", 4), start("@media ", 5), inside("display:", 2), inside("px;", 3), start("@import ", 3),
              start("background", 2), end(" {", 1), inside("width:", 1))),
          Map.entry("dockerfile", List.of(start("FROM ", 2), start("RUN ", 4), start("COPY ", 4), start("ENTRYPOINT ", 5), start("WORKDIR ", 5), start("ENV ", 3), start("EXPOSE ", 4), start("CMD [", 5))),
          Map.entry("makefile", List.of(start(".PHONY", 8), inside("$(CC)", 5), inside("$(MAKE)", 5), start("ifeq (", 4), inside(" := ", 1), inside("$@", 2), inside("$<", 2), start("include $(", 3))),
          Map.entry("lua", List.of(start("local function ", 5), start("local ", 3), start("end", 1), inside(" then", 1), inside(" ~= ", 4), inside("require(\"", 1), start("elseif ", 2), inside("function(", 1))),
          Map.entry("protobuf", List.of(start("syntax = \"proto", 12), start("message ", 3), start("service ", 2), start("rpc ", 4), start("repeated ", 3), start("optional ", 1))));

  private SourceScorer() {}

  private static Clue start(String text, int weight) {
    return new Clue(Place.START, text, weight);
  }

  private static Clue inside(String text, int weight) {
    return new Clue(Place.INSIDE, text, weight);
  }

  private static Clue end(String text, int weight) {
    return new Clue(Place.END, text, weight);
  }

  /// The language of code and how sure it is; `Identified.UNDETERMINED` for prose and for what shows too little.
  static Identified of(String text) {
    List<String> lines =
        text.lines().limit(MOST_LINES).map(String::strip).filter(line -> !line.isEmpty())
            .map(line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line).toList();
    if (lines.isEmpty()) {
      return Identified.UNDETERMINED;
    }
    Identified structured = StructuredData.of(text, lines);
    if (structured.confidence() > 0) {
      return structured;
    }
    Map<String, Integer> points = points(lines);
    String best = "und";
    int most = 0;
    int second = 0;
    for (String language : CLUES.keySet().stream().sorted().toList()) {
      int own = points.getOrDefault(language, 0);
      if (own > most) {
        second = most;
        most = own;
        best = language;
      } else if (own > second) {
        second = own;
      }
    }
    // Prose has a line now and then that begins like code ("import …"); code shows a clue every few lines and lines that end like it.
    double codeLines = (double) lines.stream().filter(SourceScorer::looksLikeCode).count() / lines.size();
    double needed = Math.max(LEAST_POINTS, lines.size() * 0.25);
    if (most < needed || codeLines < 0.3) {
      return Identified.UNDETERMINED;
    }
    return new Identified(best, Math.min(1, (double) most / (most + second) + 0.15));
  }

  private static Map<String, Integer> points(List<String> lines) {
    Map<String, Integer> points = new HashMap<>();
    CLUES.forEach((language, clues) -> points.put(language, clues.stream().mapToInt(clue -> points(clue, lines)).sum()));
    return points;
  }

  private static int points(Clue clue, List<String> lines) {
    int hits = 0;
    for (int i = 0; i < lines.size() && hits < MOST_HITS; i++) {
      String line = lines.get(i);
      boolean shows =
          switch (clue.place) {
            case START -> line.startsWith(clue.text);
            case INSIDE -> line.contains(clue.text);
            case END -> line.endsWith(clue.text);
          };
      hits += shows ? 1 : 0;
    }
    return hits * clue.weight;
  }

  /// Ends in a mark of code, begins with one, or assigns or calls something without being a sentence.
  private static boolean looksLikeCode(String line) {
    char last = line.charAt(line.length() - 1);
    char first = line.charAt(0);
    return ";{}()[]:,>\\=|&".indexOf(last) >= 0
        || "#/*@<{}()[]$".indexOf(first) >= 0
        || line.contains(" = ")
        || line.contains("(\"")
        || (line.indexOf('(') > 0 && line.indexOf(' ') > line.indexOf('('))
        || line.equals("end") || line.equals("fi") || line.equals("done") || line.equals("else");
  }
}
