//! The segment rule (see `../shared/contracts/segment-rule.md`, copied to `docs/segment-rule.md`).
