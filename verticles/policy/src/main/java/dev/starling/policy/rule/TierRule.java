package dev.starling.policy.rule;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.List;

/**
 * Which consumers and tenants are of a tier. Who is named by no rule is of the tier that the token
 * claims.
 */
public record TierRule(
    String name,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> consumers,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> tenants)
    implements Named {

  public TierRule {
    Expect.name("name", name);
    consumers = Match.identities("consumers", consumers);
    tenants = Match.identities("tenants", tenants);
  }
}
