//! Proxies: attributes of a class that stand for attributes of the class at the other end of a relationship.
//!
//! `#[mapped(proxy(keywords: One<Keyword> = user_keywords.keyword))]` makes a constant, a [`Proxy`], of the relationship and of
//! the attribute at the end of the path. The type of that attribute says what is read and given (`end.rs`), the attribute
//! itself reads, writes and asks (`attribute.rs`), and the relationship's field (`field.rs`) says what the objects have: a
//! collection (`collection.rs`), a keyed one (`map.rs`), or one value (`scalar.rs`).

mod access;
mod ask;
mod attribute;
mod chain;
mod check;
mod collection;
mod create;
mod derived;
mod descriptor;
mod end;
mod field;
mod given;
mod map;
mod query;
mod scalar;

pub use access::{Access, ViewOnly, Writes};
pub use ask::Ask;
pub use attribute::Attribute;
pub use check::{Makes, check_proxy};
pub use collection::{ProxyCollection, ProxyItems};
pub use create::{
    KeyedCreate, Made, SetKey, by_creator, by_key, by_keyed_creator, made, made_keyed, set_key,
};
pub use derived::{
    give_optional_proxy, give_proxy, give_scalar_proxy, read_proxy, set_optional_proxy, set_proxy,
    set_scalar_proxy,
};
pub use descriptor::Proxy;
pub use end::{ColumnEnd, ObjectEnd, ProxyEnd};
pub use field::{Proxied, ProxyField, SetProxy};
pub use given::{ProxyGiven, ProxyKey};
pub use map::ProxyMap;
pub use query::{BothOne, ContainedIn, EitherMany};
