use orm::prelude::*;
use orm::{SqlType, Value, ValueError, ValueRef};

#[derive(Clone, Debug, PartialEq)]
pub struct UserId(i64);

impl ColumnType for UserId {
    const SQL_TYPE: SqlType = SqlType::BigInt;
    const NAME: &'static str = "UserId";

    fn to_value(&self) -> Value {
        Value::Int(self.0)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        <i64 as ColumnType>::from_value(value).map(UserId)
    }
}

#[derive(Mapped)]
pub struct User {
    #[column(primary_key, generated = false)]
    id: UserId,
    name: String,
}

fn find(session: &Session) {
    let _ = session.get::<User>(1);
}

fn main() {}
