//! The functions of a column that stands beside its class are of the column's type.

use orm::mapper::LateColumn;
use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
}

static NUMBER: LateColumn<User, i64> = LateColumn::new("number").default(&|| "many");
static CHANGED: LateColumn<User, Option<i64>> = LateColumn::new("changed").onupdate(&|| 1.5);
static VERSION: LateColumn<User, String> = LateColumn::new("version").version_id();
static CHECKED: LateColumn<User, i64> = LateColumn::new("checked").validate(&|text: String| Ok::<_, String>(text));

fn main() {}
