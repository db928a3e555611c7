//! The rules of the repository that a test keeps.
