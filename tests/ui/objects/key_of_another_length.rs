use orm::prelude::*;

#[derive(Mapped)]
struct Seat {
    #[column(primary_key)]
    row: i64,
    #[column(primary_key)]
    letter: String,
    taken: bool,
}

fn find(session: &Session) {
    let _ = session.get::<Seat>(7);
    let _ = session.get_one::<Seat>((7, 7));
}

fn main() {}
