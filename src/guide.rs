//! The chapters of `docs/guide`, whose code runs with the tests.

#[doc = include_str!("../docs/guide/src/quick-start.md")]
struct QuickStart;

#[doc = include_str!("../docs/guide/src/declaring.md")]
struct Declaring;

#[doc = include_str!("../docs/guide/src/computed.md")]
struct Computed;

#[doc = include_str!("../docs/guide/src/relationship-patterns.md")]
struct RelationshipPatterns;

#[doc = include_str!("../docs/guide/src/joins.md")]
struct Joins;

#[doc = include_str!("../docs/guide/src/late-names.md")]
struct LateNames;

#[doc = include_str!("../docs/guide/src/objects.md")]
struct Objects;

#[doc = include_str!("../docs/guide/src/cascades.md")]
struct Cascades;

#[doc = include_str!("../docs/guide/src/persistence.md")]
struct PersistencePatterns;

#[doc = include_str!("../docs/guide/src/collections.md")]
struct Collections;

#[doc = include_str!("../docs/guide/src/proxies.md")]
struct Proxies;

#[doc = include_str!("../docs/guide/src/composites.md")]
struct CompositesAndSynonyms;

#[doc = include_str!("../docs/guide/src/sessions.md")]
struct Sessions;

#[doc = include_str!("../docs/guide/src/asking.md")]
struct Asking;

#[doc = include_str!("../docs/guide/src/loading.md")]
struct Loading;

#[doc = include_str!("../docs/guide/src/writing.md")]
struct Writing;

#[doc = include_str!("../docs/guide/src/events.md")]
struct Events;

#[doc = include_str!("../docs/guide/src/versions.md")]
struct Versions;
