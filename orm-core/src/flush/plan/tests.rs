//! The planner on values.
