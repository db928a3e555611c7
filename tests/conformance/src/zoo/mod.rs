//! The zoos: small mappings, one for each way of relating two classes, as `oracle/zoo.py` has them. Several use
//! the same names of classes and tables, so each has a registry of its own.

use orm::engine::Engine;
use orm::{Mapping, Result};

/// A zoo with a Rust model.
#[derive(Clone, Copy, Debug)]
pub struct Zoo {
    /// Its name in the files of scenarios.
    pub name: &'static str,
    /// Its classes.
    pub mapping: fn() -> Result<&'static Mapping>,
    /// Makes its tables.
    pub create_all: fn(&Engine) -> Result<()>,
}

impl Zoo {
    /// Whether its database checks foreign keys, as the Python zoo says.
    pub fn checks_foreign_keys(&self) -> bool {
        self.name != "natural_pk_orm"
    }
}

macro_rules! zoos {
    ($($name:ident)*) => {
        $(
            #[allow(missing_docs, reason = "the Python zoo describes them")]
            pub mod $name;
        )*

        /// Every zoo that has a Rust model.
        pub static ZOOS: &[Zoo] = &[
            $(Zoo {
                name: stringify!($name),
                mapping: $name::Zoo::mapping,
                create_all: $name::Zoo::create_all,
            },)*
        ];
    };
}

zoos! {
    o2m_uni o2m_bi o2m_backref o2m_orphan o2m_set three_levels cascade_save_only cascade_expunge_refresh
    m2o_uni m2o_delete o2o o2o_orphan multi_path
    m2m_uni m2m_bi m2m_set_delete assoc_object
    self_ref self_ref_cascade self_m2m
    composite_fk custom_join_viewonly one_way_backref no_constraint
    passive_deletes passive_deletes_all m2m_passive versioned natural_pk natural_pk_orm
    ordered_list keyed_dict
    post_update self_pointing
    eager_joined eager_selectin eager_subquery eager_mixed lazy_raise self_ref_joined
}

/// The zoo of that name.
pub fn find(name: &str) -> Option<&'static Zoo> {
    ZOOS.iter().find(|zoo| zoo.name == name)
}
