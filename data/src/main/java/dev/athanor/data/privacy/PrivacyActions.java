package dev.athanor.data.privacy;

import static java.util.stream.Collectors.toCollection;

import dev.athanor.base.recipe.Default;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/// What is done about each kind. Public registers' numbers of firms are kept and wallets are not looked for unless a recipe says so.
public record PrivacyActions(
    @Default("mask") PrivacyAction email,
    @Default("mask") PrivacyAction phone,
    @Default("mask") PrivacyAction residentId,
    @Default("mask") PrivacyAction bankCard,
    @Default("mask") PrivacyAction iban,
    @Default("mask") PrivacyAction ssn,
    @Default("mask") PrivacyAction passport,
    @Default("mask") PrivacyAction ip,
    @Default("mask") PrivacyAction mac,
    @Default("mask") PrivacyAction plate,
    @Default("keep") PrivacyAction creditCode,
    @Default("mask") PrivacyAction messenger,
    @Default("mask") PrivacyAction secret,
    @Default("mask") PrivacyAction privateKey,
    @Default("mask") PrivacyAction urlCredentials,
    @Default("off") PrivacyAction wallet,
    @Default("mask") PrivacyAction birthDate,
    @Default("mask") PrivacyAction address,
    @Default("mask") PrivacyAction name,
    @Default("mask") PrivacyAction organisation,
    @Default("mask") PrivacyAction place) {

  /// The same for every kind.
  public static PrivacyActions all(PrivacyAction a) {
    return new PrivacyActions(a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a);
  }

  public PrivacyAction of(PiiKind kind) {
    return switch (kind) {
      case EMAIL -> email;
      case PHONE -> phone;
      case RESIDENT_ID -> residentId;
      case BANK_CARD -> bankCard;
      case IBAN -> iban;
      case SSN -> ssn;
      case PASSPORT -> passport;
      case IP -> ip;
      case MAC -> mac;
      case PLATE -> plate;
      case CREDIT_CODE -> creditCode;
      case MESSENGER -> messenger;
      case SECRET -> secret;
      case PRIVATE_KEY -> privateKey;
      case URL_CREDENTIALS -> urlCredentials;
      case WALLET -> wallet;
      case BIRTH_DATE -> birthDate;
      case ADDRESS -> address;
      case NAME -> name;
      case ORGANISATION -> organisation;
      case PLACE -> place;
    };
  }

  /// The kinds that are looked for.
  public Set<PiiKind> wanted() {
    return Arrays.stream(PiiKind.values())
        .filter(kind -> of(kind) != PrivacyAction.OFF)
        .collect(toCollection(() -> EnumSet.noneOf(PiiKind.class)));
  }
}
