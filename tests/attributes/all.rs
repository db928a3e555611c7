//! Attributes that are made of others: composites of columns, and synonyms.

mod composites;
mod composites_asked;
mod composites_loaded;
mod composites_written;
mod models;
mod synonyms;
mod synonyms_named;
