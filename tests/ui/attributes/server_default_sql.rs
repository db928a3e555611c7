use orm::prelude::*;

#[derive(Mapped)]
struct Car {
    #[column(primary_key)]
    id: i64,
    #[column(server_default = "(1")]
    open: i64,
    #[column(server_default = "1)")]
    closed: i64,
    #[column(server_default = "'red")]
    quoted: String,
    #[column(server_default = "1; DROP TABLE car")]
    ended: i64,
    #[column(server_default = "1 -- one")]
    explained: i64,
    #[column(server_default = "1 /* one */")]
    explained_within: i64,
    #[column(server_default = "'it''s (; -- fine'")]
    fine: String,
    #[column(check = "length(number) > (0")]
    number: String,
}

fn main() {}
