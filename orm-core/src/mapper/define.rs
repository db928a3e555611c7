//! `registry!`: what defines a registry, and the functions that it has.

/// Defines a registry.
///
/// ```standalone_crate
/// use orm::prelude::*;
///
/// orm::registry!(pub Models);
///
/// #[derive(Mapped)]
/// #[mapped(registry = Models)]
/// struct User {
///     #[column(primary_key)]
///     id: i64,
/// }
///
/// # fn main() -> orm::Result<()> {
/// Models::configure()?;
/// assert_eq!(Models::mapper("User")?.table().name, "user");
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! registry {
    ($(#[$meta:meta])* $visibility:vis $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        $visibility struct $name;

        const _: () = {
            static CELL: $crate::mapper::RegistryCell = $crate::mapper::RegistryCell::new();

            impl $crate::mapper::Registry for $name {
                const CELL: &'static $crate::mapper::RegistryCell = &CELL;
            }

            #[allow(dead_code)]
            impl $name {
                /// Configures the classes now, and reports every mistake at once. The first use does it too.
                ///
                /// # Errors
                /// `configuration`, with every mistake.
                $visibility fn configure() -> $crate::Result<()> {
                    CELL.mapping().map(|_| ())
                }

                /// The classes, configured.
                ///
                /// # Errors
                /// As [`configure`](Self::configure).
                $visibility fn mapping() -> $crate::Result<&'static $crate::mapper::Mapping> {
                    CELL.mapping()
                }

                /// The class of that name, or path of modules and name.
                ///
                /// # Errors
                /// As [`configure`](Self::configure); `unknown-name`, `ambiguous-name`.
                $visibility fn mapper(name: &str) -> $crate::Result<&'static $crate::mapper::Mapper> {
                    CELL.mapping()?.by_name(name)
                }

                /// Adds a relationship to a class, by names. The order in which things are added doesn't matter.
                ///
                /// # Errors
                /// `configured` where the registry is configured.
                $visibility fn add_relationship(
                    class: &str,
                    relationship: $crate::mapper::NewRelationship,
                ) -> $crate::Result<()> {
                    CELL.add_relationship(class, relationship)
                }

                /// Adds a column to a class, by names.
                ///
                /// # Errors
                /// `configured` where the registry is configured; `bad-table`.
                $visibility fn add_column(
                    class: &str,
                    column: $crate::mapper::NewColumn,
                ) -> $crate::Result<()> {
                    CELL.add_column(class, column)
                }

                /// Says how constraints and indexes are called that have no names of their own.
                ///
                /// # Errors
                /// `configured` where the registry is configured; `bad-table` where a template names what isn't there.
                $visibility fn name_constraints(
                    convention: $crate::mapper::NamingConvention,
                ) -> $crate::Result<()> {
                    CELL.name_constraints(convention)
                }

                /// Adds a relationship or a column that stands in a constant.
                ///
                /// # Errors
                /// `configured` where the registry is configured.
                $visibility fn add(
                    attribute: &'static dyn $crate::mapper::LateAttribute,
                ) -> $crate::Result<()> {
                    CELL.add(attribute)
                }

                /// Maps a table that no struct was written for.
                ///
                /// # Errors
                /// `configured` where the registry is configured; `bad-table`.
                $visibility fn map_table(table: $crate::mapper::NewTable) -> $crate::Result<()> {
                    CELL.map_table(table)
                }

                /// Maps every table of a database that has no class in the registry yet, with relationships both ways along
                /// its foreign keys. Tables without a primary key are known as association tables only.
                ///
                /// # Errors
                /// `configured` where the registry is configured; `bad-table`, and what the database says.
                $visibility fn map_database(engine: &$crate::engine::Engine) -> $crate::Result<()> {
                    CELL.map_database(engine)
                }

                /// As [`map_database`](Self::map_database), for the tables of a schema. The class of `archive.city` is called
                /// `city`, and `archive.city` where another one is called so too.
                ///
                /// # Errors
                /// `configured` where the registry is configured; `bad-table`, and what the database says, also where it has
                /// no such schema.
                $visibility fn map_schema(schema: &str, engine: &$crate::engine::Engine) -> $crate::Result<()> {
                    CELL.map_schema(schema, engine)
                }

                /// Gives a class the columns that its table has in a database and that it doesn't declare.
                ///
                /// # Errors
                /// `configured` where the registry is configured; `bad-table` where the database differs from what is
                /// declared; `unknown-name`, `ambiguous-name`, and what the database says.
                $visibility fn autoload(class: &str, engine: &$crate::engine::Engine) -> $crate::Result<()> {
                    CELL.autoload(class, engine)
                }

                /// The tables as a schema, for DDL.
                ///
                /// # Errors
                /// As [`configure`](Self::configure).
                $visibility fn metadata() -> $crate::Result<$crate::sql::schema::Schema> {
                    $crate::Result::Ok(CELL.mapping()?.schema())
                }

                /// Creates the tables that aren't there, in the order of their foreign keys.
                ///
                /// # Errors
                /// As [`configure`](Self::configure), and what the database says.
                $visibility fn create_all(engine: &$crate::engine::Engine) -> $crate::Result<()> {
                    CELL.create_all(engine, ::core::stringify!($name))
                }

                /// Drops the tables that are there, dependants first.
                ///
                /// # Errors
                /// As [`configure`](Self::configure), and what the database says.
                $visibility fn drop_all(engine: &$crate::engine::Engine) -> $crate::Result<()> {
                    CELL.mapping()?.drop_all(engine)
                }
            }
        };
    };
}
