//! No foreign key in the schema: `primaryjoin` with `foreign()` says which column is foreign.

use orm::prelude::*;

orm::registry!(
    /// The classes of this zoo.
    pub Zoo
);

#[derive(Mapped)]
#[mapped(table = "host", registry = Zoo)]
pub struct Host {
    #[column(primary_key)]
    pub id: i64,
    pub ip: Option<String>,
    #[relationship(back_populates = "host", order_by = Visit::id, primaryjoin = Host::ip.eq(Visit::ip.foreign()))]
    pub visits: Many<Visit>,
}

#[derive(Mapped)]
#[mapped(table = "visit", registry = Zoo)]
pub struct Visit {
    #[column(primary_key)]
    pub id: i64,
    pub what: Option<String>,
    pub ip: Option<String>,
    #[relationship(back_populates = "visits", primaryjoin = Visit::ip.foreign().eq(Host::ip.remote()))]
    pub host: Option<One<Host>>,
}
