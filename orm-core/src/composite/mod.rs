//! Composites: several columns of a class as one value of the user's.
//!
//! `#[mapped(composite(start: Point = (x1, y1)))]` makes a constant, a [`Composite`], of columns that the class has. The user's
//! type is a [`CompositeType`], which says of what parts it is made (`parts.rs`); what stands in the attribute is one, or an
//! `Option` of one (`value.rs`). It is read and set column by column (`derived.rs`), and in queries it is its columns
//! (`ask.rs`, `selected.rs`, `written.rs`).

mod ask;
mod composite_type;
mod derived;
mod descriptor;
mod given;
mod parts;
mod selected;
mod value;
mod written;

pub use ask::CompositeOperand;
pub use composite_type::{CompositeType, key_values, made_of_parts, parts_of};
pub use derived::{get_composite, give_composite, set_composite};
pub use descriptor::{Composite, composite};
pub use given::CompositeGiven;
pub use parts::Parts;
pub use selected::{plain_items, read_composite, read_optional_composite};
pub use value::CompositeValue;
pub use written::Composed;
