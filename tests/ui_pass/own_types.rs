// Columns of the user's own types, names of his own that shadow the prelude, and composite keys of each.
use orm::prelude::*;
use orm::IntoObj;
use orm::{ColumnType, SqlType, Value, ValueError, ValueRef};

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Status {
    #[default]
    Draft,
    Sent,
}

impl ColumnType for Status {
    const SQL_TYPE: SqlType = SqlType::Text;
    const NAME: &'static str = "Status";

    fn to_value(&self) -> Value {
        Value::Text(format!("{self:?}"))
    }

    fn from_value(value: ValueRef<'_>) -> core::result::Result<Self, ValueError> {
        match value {
            ValueRef::Text("Draft") => Ok(Status::Draft),
            ValueRef::Text("Sent") => Ok(Status::Sent),
            other => Err(ValueError::new(format!("no status: {other}"))),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UserId(i64);

impl ColumnType for UserId {
    const SQL_TYPE: SqlType = SqlType::BigInt;
    const NAME: &'static str = "UserId";

    fn to_value(&self) -> Value {
        Value::Int(self.0)
    }

    fn from_value(value: ValueRef<'_>) -> core::result::Result<Self, ValueError> {
        i64::from_value(value).map(UserId)
    }
}

#[allow(dead_code)]
type Result<T> = std::io::Result<T>;
#[allow(dead_code)]
struct Handle;

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
pub struct User {
    #[column(primary_key)]
    pub id: UserId,
    #[column(default = Status::Sent, server_default = "'Sent'")]
    pub status: Status,
    #[column(default = None::<Status>)]
    pub last: Option<Status>,
    #[column(default = "none")]
    pub name: String,
    #[column(default = "text")]
    pub nick: Option<String>,
    #[column(default = vec![1, 2])]
    pub data: Vec<u8>,
    #[column(default = 0.5)]
    pub ratio: f64,
    #[column(default = true)]
    pub active: Option<bool>,
    #[relationship]
    pub letters: Many<Letter>,
}

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
#[mapped(
    foreign_key(columns(user_id, status), references(User::id, User::status), on_delete = "set null"),
    unique(columns(status, user_id), name = "uq_letter")
)]
pub struct Letter {
    #[column(primary_key)]
    pub year: i16,
    #[column(primary_key)]
    pub number: u32,
    pub user_id: Option<UserId>,
    pub status: Option<Status>,
    #[relationship(lazy = "raise_on_sql", single_parent, cascade = "all, delete-orphan")]
    pub user: Option<One<User>>,
}

fn main() {
    // A class may stand in a function.
    #[derive(Mapped)]
    struct Local {
        #[column(primary_key, generated = false)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: UserId,
        #[relationship]
        user: One<User>,
    }

    let _ = || -> orm::Result<()> {
        let user = User::builder().id(UserId(1)).status(Status::Draft).last(Status::Sent).into_obj()?;
        let status: Status = user.status()?;
        let data = user.with(|columns| columns.data.known().map(Vec::len))?;
        let local = Local::builder().user(User::default()).user_id(UserId(1)).into_obj()?;
        drop((status, data, local.user()?, user.to_value()?));
        Ok(())
    };
    assert_eq!(User::status.column().table, "user");
}
