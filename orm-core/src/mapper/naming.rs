//! `NamingConvention`: how constraints and indexes are called that have no names of their own.

use crate::error::{Code, Error, Result};
use crate::sql::own_name;
use crate::sql::schema::Table;

/// How the constraints and indexes of a registry are called that have no names of their own, for
/// `Models::name_constraints`. A template is a text with `{table}`, `{columns}` (all of them, with `_` between), `{column}`
/// (the first), of a foreign key also `{referred_table}` and `{referred_columns}`. That of a check has `{name}`, and is about
/// checks with a name; else it is about those without.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// use orm::mapper::NamingConvention;
/// # #[derive(Mapped)]
/// # #[mapped(unique(columns(name)), check(sql = "id > 0", name = "positive"))]
/// # struct Tag {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// # fn main() -> orm::Result<()> {
/// let convention = NamingConvention::new()
///     .primary_key("pk_{table}")
///     .unique("uq_{table}_{columns}")
///     .check("ck_{table}_{name}")
///     .foreign_key("fk_{table}_{columns}_{referred_table}");
/// DefaultRegistry::name_constraints(convention)?;
/// let tables = DefaultRegistry::metadata()?;
/// let tag = tables.table("tag").unwrap();
/// assert_eq!(tag.uniques[0].name.as_deref(), Some("uq_tag_name"));
/// assert_eq!(tag.checks[0].name.as_deref(), Some("ck_tag_positive"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct NamingConvention {
    primary_key: Option<String>,
    unique: Option<String>,
    index: Option<String>,
    check: Option<String>,
    foreign_key: Option<String>,
}

/// What a template is filled with.
#[derive(Default)]
struct Parts<'p> {
    table: &'p str,
    columns: &'p [String],
    referred: Option<(&'p str, &'p [String])>,
    name: Option<&'p str>,
}

/// The names that stand in braces, beside those of a foreign key and of a check.
const COMMON: [&str; 3] = ["table", "columns", "column"];

impl NamingConvention {
    /// Without templates: indexes are called `ix_` and the names of table and columns, constraints have no names.
    #[must_use]
    pub fn new() -> Self {
        NamingConvention::default()
    }

    /// The names of primary keys.
    #[must_use]
    pub fn primary_key(mut self, template: &str) -> Self {
        self.primary_key = Some(template.to_owned());
        self
    }

    /// The names of unique constraints.
    #[must_use]
    pub fn unique(mut self, template: &str) -> Self {
        self.unique = Some(template.to_owned());
        self
    }

    /// The names of indexes.
    #[must_use]
    pub fn index(mut self, template: &str) -> Self {
        self.index = Some(template.to_owned());
        self
    }

    /// The names of checks.
    #[must_use]
    pub fn check(mut self, template: &str) -> Self {
        self.check = Some(template.to_owned());
        self
    }

    /// The names of foreign keys.
    #[must_use]
    pub fn foreign_key(mut self, template: &str) -> Self {
        self.foreign_key = Some(template.to_owned());
        self
    }

    /// That the templates name what there is.
    ///
    /// # Errors
    /// `bad-table` where one doesn't.
    pub(super) fn check_templates(&self) -> Result<()> {
        let none: &[&str] = &[];
        let all = [
            ("primary_key", &self.primary_key, none),
            ("unique", &self.unique, none),
            ("index", &self.index, none),
            ("check", &self.check, &["name"]),
            ("foreign_key", &self.foreign_key, &["referred_table", "referred_columns"]),
        ];
        for (of, template, more) in all {
            let Some(template) = template else { continue };
            for name in braces(template) {
                if !COMMON.contains(&name) && !more.contains(&name) {
                    let known: Vec<String> =
                        COMMON.iter().chain(more).map(|name| format!("`{{{name}}}`")).collect();
                    let message = format!("the template `{template}` of `{of}` has `{{{name}}}`");
                    return Err(
                        Error::new(Code::BadTable, message).help(format!("there is {}", known.join(", ")))
                    );
                }
            }
        }
        Ok(())
    }

    /// Names what has no names of its own.
    pub(super) fn apply(&self, table: &mut Table) {
        let key: Vec<String> = table.primary_key().map(|column| column.name.clone()).collect();
        let named = own_name(&table.name).into_owned();
        let parts = || Parts { table: &named, ..Parts::default() };
        if let Some(template) = self.primary_key.as_ref().filter(|_| !key.is_empty()) {
            table.key_name = Some(Parts { columns: &key, ..parts() }.fill(template));
        }
        if let Some(template) = &self.unique {
            for unique in table.uniques.iter_mut().filter(|unique| unique.name.is_none()) {
                unique.name = Some(Parts { columns: &unique.columns, ..parts() }.fill(template));
            }
        }
        if let Some(template) = &self.index {
            for index in table.indexes.iter_mut().filter(|index| index.name.is_none()) {
                index.name = Some(Parts { columns: &index.columns, ..parts() }.fill(template));
            }
        }
        if let Some(template) = &self.foreign_key {
            for key in table.foreign_keys.iter_mut().filter(|key| key.name.is_none()) {
                let table = own_name(&key.table);
                let referred = Some((&*table, key.references.as_slice()));
                key.name = Some(Parts { columns: &key.columns, referred, ..parts() }.fill(template));
            }
        }
        if let Some(template) = &self.check {
            let takes_name = template.contains("{name}");
            for check in table.checks.iter_mut().filter(|check| check.name.is_some() == takes_name) {
                check.name = Some(Parts { name: check.name.as_deref(), ..parts() }.fill(template));
            }
        }
    }
}

impl Parts<'_> {
    /// A template with what stands for the names in braces.
    fn fill(&self, template: &str) -> String {
        let joined = self.columns.join("_");
        let (referred, references) = self.referred.unwrap_or_default();
        template
            .replace("{table}", self.table)
            .replace("{columns}", &joined)
            .replace("{column}", self.columns.first().map_or("", String::as_str))
            .replace("{referred_table}", referred)
            .replace("{referred_columns}", &references.join("_"))
            .replace("{name}", self.name.unwrap_or_default())
    }
}

/// What stands in braces.
fn braces(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).map(|part| part.split_once('}').map_or(part, |(name, _)| name))
}
