# shellcheck shell=bash
# What the policy layer costs: a node with a policy file as one is used beside one that only counts in one bucket.

# policies_of_starling: two windows for each consumer, a bulkhead, a breaker, a deadline, priorities by tier, an adaptive
# limit. All of them are asked for each request, and none refuses one.
policies_of_starling() {
  cat <<END
tiers:
  - { name: gold, tenants: [acme] }
  - { name: free, consumers: [trial] }
limits:
  - name: default
    match: { operation: "users.*" }
    per: consumer
    rate: { second: 100000, ${rate_limit_window_seconds}s: $rate_limit_quota }
bulkheads:
  - { name: profiles, match: { path: /v1/users/** }, max-concurrent: 10000 }
breakers:
  - { name: users, service: users }
deadlines:
  - { match: { path: /v1/users/** }, max: 5s, default: 2s }
priorities:
  - { match: { tier: gold }, priority: critical }
  - { match: { tier: free }, priority: sheddable }
concurrency:
  - { name: profiles, match: { path: /v1/users/** }, initial: 200, min: 200, max: 1000 }
shedding: { enabled: true, loop-lag: 1s }
END
}

# policies_of_baseline: the request path itself, where the limiter takes one permit of one bucket; nothing else.
policies_of_baseline() {
  one_bucket
  echo "shedding: { enabled: false }"
}
