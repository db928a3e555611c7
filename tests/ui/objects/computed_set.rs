use orm::prelude::*;

#[derive(Mapped)]
struct Line {
    #[column(primary_key)]
    id: i64,
    price: i64,
    #[column(computed = "price * 2")]
    double: i64,
}

fn change(line: &Obj<Line>) -> orm::Result<()> {
    line.set_double(5)
}

fn main() {
    let _ = Line::builder().price(1).double(2);
}
