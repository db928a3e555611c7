//! A store so small that its answers can be checked by eye.

use orm::prelude::*;
use orm::sqlite::Engine;
use orm::{IntoObj, Result};

use crate::models::{
    Album, Artist, Customer, Employee, Genre, Invoice, InvoiceLine, MediaType, Playlist, Track,
};
use crate::types::{Money, Timestamp};

/// Makes the store in memory.
pub fn store() -> Result<Engine> {
    let engine = Engine::in_memory()?;
    DefaultRegistry::create_all(&engine)?;
    let session = Session::new(&engine);
    let tracks = catalogue(&session)?;
    playlists(&session, &tracks)?;
    let sellers = staff(&session)?;
    customers(&session, &sellers, &tracks)?;
    session.commit()?;
    Ok(engine)
}

/// Four artists with their albums. A track is named by its number from here on.
fn catalogue(session: &Session) -> Result<Vec<Obj<Track>>> {
    let genre = |name: &str| session.add(Genre::builder().name(name));
    let (rock, jazz, opera) = (genre("Rock")?, genre("Jazz")?, genre("Opera")?);
    genre("Silence")?;
    let media_type = |name: &str| session.add(MediaType::builder().name(name));
    let (mpeg, aac) = (media_type("MPEG audio file")?, media_type("AAC audio file")?);
    media_type("Wax cylinder")?;

    let track = |name: &str, genre: &Obj<Genre>, media_type: &Obj<MediaType>, seconds: i64| {
        Track::builder()
            .name(name)
            .genre(genre)
            .media_type(media_type)
            .milliseconds(seconds * 1000)
            .unit_price(Money::cents(if seconds < 400 { 99 } else { 199 }))
    };
    let artists = [
        Artist::builder().name("The Lanterns").albums([
            Album::builder().title("First Light").tracks([
                track("Lovely Day", &rock, &mpeg, 181),
                track("Harbour", &rock, &mpeg, 214).composer("L. Love"),
                track("Slow Train", &rock, &mpeg, 240),
                track("Night Shift", &rock, &aac, 199),
            ]),
            Album::builder()
                .title("Blue Hour")
                .tracks([track("Blue Hour", &jazz, &aac, 305), track("Long Way Home", &rock, &aac, 960)]),
        ]),
        Artist::builder().name("Nora Quartet").albums([Album::builder()
            .title("Live in Rome")
            .tracks([track("For Love of Rain", &jazz, &mpeg, 420), track("Smoke", &jazz, &mpeg, 388)])]),
        Artist::builder().name("City Opera").albums([
            Album::builder().title("Overtures").tracks([track("Overture", &opera, &aac, 611)]),
            Album::builder().title("Rehearsals").tracks([track("Scales", &opera, &aac, 35)]),
        ]),
        Artist::builder().name("Nobody Yet"),
    ];
    session.add_all(artists)?;
    session.add(track("Field Recording", &jazz, &mpeg, 77))?;
    session.flush()?;
    session.scalars(select(Track).order_by(Track::id))?.all()
}

/// Four lists, of which two have one name and one is empty.
fn playlists(session: &Session, tracks: &[Obj<Track>]) -> Result<()> {
    let lists: [(&str, &[usize]); 4] =
        [("Morning", &[0, 1, 4]), ("Evening", &[4, 6, 7, 8]), ("Evening", &[6, 8]), ("Empty", &[])];
    for (name, members) in lists {
        let members = members.iter().filter_map(|number| tracks.get(*number));
        session.add(Playlist::builder().name(name).tracks(members))?;
    }
    session.flush()
}

/// A head, two managers, and those who report to them: gives those who sell.
fn staff(session: &Session) -> Result<Vec<Obj<Employee>>> {
    let employee = |first_name: &str, last_name: &str| {
        Employee::builder().first_name(first_name).last_name(last_name).country("Canada")
    };
    session.add(employee("Ada", "Berg").reports([
        employee("Ben", "Cole").reports([employee("Cleo", "Dahl"), employee("Dan", "Ek")]),
        employee("Eve", "Falk"),
    ]))?;
    session.flush()?;
    let below_ben = Employee::manager.has(Employee::first_name.eq("Ben"));
    session.scalars(select(Employee).filter(below_ben).order_by(Employee::id))?.all()
}

/// Six customers with their invoices: a date, and the numbers of the tracks. Two invoices ask for too much, one of them
/// for nothing at all.
fn customers(session: &Session, sellers: &[Obj<Employee>], tracks: &[Obj<Track>]) -> Result<()> {
    type Bought<'a> = &'a [((u16, u8, u8), &'a [usize])];
    let customers: [(&str, &str, Option<&str>, Bought<'_>); 6] = [
        (
            "Ana",
            "Lima",
            Some("Brazil"),
            &[((2023, 1, 5), &[0, 1]), ((2024, 2, 9), &[4]), ((2025, 7, 1), &[8, 0])],
        ),
        ("Rui", "Dias", Some("Brazil"), &[((2023, 1, 20), &[0, 2]), ((2023, 3, 2), &[1, 5])]),
        ("Tom", "Hill", Some("Canada"), &[((2024, 2, 11), &[6]), ((2024, 12, 1), &[]), ((2025, 6, 1), &[0])]),
        ("Pia", "Kurz", Some("Germany"), &[((2023, 2, 14), &[7]), ((2025, 5, 31), &[2, 1, 3])]),
        ("Jan", "Wolf", Some("Germany"), &[((2024, 12, 31), &[0, 1, 2, 7])]),
        ("Mia", "Noll", None, &[]),
    ];
    for (number, (first_name, last_name, country, bought)) in customers.into_iter().enumerate() {
        let mut invoices = Vec::new();
        for ((year, month, day), numbers) in bought {
            let date = Timestamp::date(*year, *month, *day);
            // In December of 2024 somebody typed 50 cents too much.
            let extra = if *year == 2024 && *month == 12 { 50 } else { 0 };
            let (lines, prices) = lines(numbers.iter().filter_map(|number| tracks.get(*number)))?;
            let total = prices.into_iter().chain([Money::cents(extra)]).sum::<Money>();
            let invoice = Invoice::builder().date(date).total(total).lines(lines);
            invoices.push(invoice.billing_country(country.map(str::to_owned)));
        }
        // Nobody looks after every third customer.
        let customer = Customer::builder()
            .first_name(first_name)
            .last_name(last_name)
            .email(format!("{}@example.org", first_name.to_lowercase()))
            .country(country.map(str::to_owned))
            .support_rep(sellers.get(number % 3))
            .invoices(invoices);
        session.add(customer)?;
    }
    session.flush()
}

/// A line for each track, and what each costs.
fn lines<'a>(
    tracks: impl Iterator<Item = &'a Obj<Track>>,
) -> Result<(Vec<impl IntoObj<InvoiceLine>>, Vec<Money>)> {
    let (mut lines, mut prices) = (Vec::new(), Vec::new());
    for track in tracks {
        let price = track.unit_price()?;
        lines.push(InvoiceLine::builder().track(track).unit_price(price).quantity(1));
        prices.push(price);
    }
    Ok((lines, prices))
}
