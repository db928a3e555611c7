// A column without a default needs a type that has one; what an expression comes to only the database knows.
use orm::prelude::*;

#[derive(Clone)]
struct Kind;

impl ColumnType for Kind {
    const SQL_TYPE: orm::SqlType = orm::SqlType::Text;
    const NAME: &'static str = "Kind";
    fn to_value(&self) -> orm::Value {
        orm::Value::Null
    }
    fn from_value(_: orm::ValueRef<'_>) -> Result<Self, orm::ValueError> {
        Ok(Kind)
    }
}

#[derive(Mapped)]
#[mapped(default)]
struct Doc {
    #[column(primary_key)]
    id: i64,
    kind: Kind,
}

#[derive(Mapped)]
#[mapped(default)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(default = orm::func::lower("A"))]
    text: String,
}

fn main() {}
