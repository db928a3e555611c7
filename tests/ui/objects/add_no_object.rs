use orm::prelude::*;

fn add(session: &Session) {
    let _ = session.add("ed");
}

fn add_all(session: &Session) {
    let _ = session.add_all(7);
}

fn main() {}
