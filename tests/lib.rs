//! Stock models shared by the integration tests.
