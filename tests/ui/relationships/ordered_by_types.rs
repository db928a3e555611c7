use orm::prelude::*;

type Bullets = ManySet<Bullet>;

#[derive(Mapped)]
struct Slide {
    #[column(primary_key)]
    id: i64,
    position: i64,
    #[relationship(ordered_by = Bullet::text)]
    no_number: Many<Bullet>,
}

#[derive(Mapped)]
struct Deck {
    #[column(primary_key)]
    id: i64,
    #[relationship(ordered_by = Slide::position)]
    of_another: Many<Bullet>,
}

#[derive(Mapped)]
struct Talk {
    #[column(primary_key)]
    id: i64,
    #[relationship(ordered_by = Bullet::position)]
    no_list: Bullets,
}

#[derive(Mapped)]
struct Show {
    #[column(primary_key)]
    id: i64,
    #[relationship(ordered_by = Bullet::text, numbering = |index| index)]
    no_text: Many<Bullet>,
}

#[derive(Mapped)]
struct Bullet {
    #[column(primary_key)]
    id: i64,
    position: i64,
    text: String,
    #[column(foreign_key = Slide::id)]
    slide_id: Option<i64>,
    #[column(foreign_key = Deck::id)]
    deck_id: Option<i64>,
    #[column(foreign_key = Talk::id)]
    talk_id: Option<i64>,
    #[column(foreign_key = Show::id)]
    show_id: Option<i64>,
}

fn main() {}
