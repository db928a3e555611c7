//! SQLAlchemy's ORM for Rust.
