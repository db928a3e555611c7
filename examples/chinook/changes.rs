//! What is changed in the database, and the proof that it was.

use std::error::Error;
use std::io::Write;

use orm::ValueRef;
use orm::engine::Flow;
use orm::prelude::*;

use crate::models::{
    Album, Artist, Customer, Employee, Genre, Invoice, InvoiceLine, MediaType, Playlist, Track,
};
use crate::report::{full_name, heading, print_invoice, with_artist};
use crate::types::{Money, Timestamp};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The artist who is added.
pub const ARTIST: &str = "The Borrow Checkers";
/// The playlist that is edited.
pub const PLAYLIST: &str = "Grunge";
/// The invoice that is deleted.
pub const INVOICE: i64 = 404;
/// The customer who gets another representative.
pub const CUSTOMER: &str = "hholy@gmail.com";

/// Changes the database through objects, and commits.
pub fn change(session: &Session, out: &mut dyn Write) -> Result {
    heading(out, "A customer moves to another representative")?;
    move_customer(session, out)?;
    heading(out, "A new artist")?;
    let artist = add_artist(session, out)?;
    heading(out, "A playlist is edited")?;
    edit_playlist(session, &artist, out)?;
    heading(out, "An invoice is deleted")?;
    delete_invoice(session, out)?;
    session.commit()?;
    writeln!(out, "\nCommitted.")?;
    Ok(())
}

fn employee(session: &Session, first_name: &str) -> Result<Obj<Employee>> {
    Ok(session.scalars(select(Employee).filter(Employee::first_name.eq(first_name)))?.one()?)
}

fn move_customer(session: &Session, out: &mut dyn Write) -> Result {
    let customer = session.scalars(select(Customer).filter(Customer::email.eq(CUSTOMER)))?.one()?;
    let before = customer.support_rep()?.ok_or("a customer without a representative")?;
    let after = employee(session, "Margaret")?;
    let (had, has) = (before.customers().len()?, after.customers().len()?);

    customer.set_support_rep(&after)?;

    // Both collections know already; the row is written by the next flush.
    writeln!(
        out,
        "{} goes from {} to {}.",
        full_name(&customer)?,
        before.first_name()?,
        after.first_name()?
    )?;
    writeln!(out, "{}: {had} -> {} customers", before.first_name()?, before.customers().len()?)?;
    writeln!(out, "{}: {has} -> {} customers", after.first_name()?, after.customers().len()?)?;
    Ok(())
}

fn add_artist(session: &Session, out: &mut dyn Write) -> Result<Obj<Artist>> {
    let rock = session.scalars(select(Genre).filter(Genre::name.eq("Rock")))?.one()?;
    let aac = session.scalars(select(MediaType).filter(MediaType::name.eq("AAC audio file")))?.one()?;
    let track = |name: &str, seconds: i64| {
        Track::builder()
            .name(name)
            .milliseconds(seconds * 1000)
            .unit_price(Money::cents(99))
            .genre(&rock)
            .media_type(&aac)
    };
    let artist = session.add(Artist::builder().name(ARTIST).albums([
        Album::builder().title("Lifetimes").tracks([
            track("Outlives", 211),
            track("Elided", 187),
            track("Static", 254),
        ]),
        Album::builder().title("Moved Out").tracks([track("Use After", 199), track("Dropped", 243)]),
    ]))?;
    session.flush()?;

    writeln!(out, "{} is artist no. {}.", artist.name()?.unwrap_or_default(), artist.id()?)?;
    for album in artist.albums().iter()? {
        writeln!(out, "  {} is album no. {}.", album.title()?, album.id()?)?;
        for track in album.tracks().iter()? {
            writeln!(out, "    {} is track no. {}.", track.name()?, track.id()?)?;
        }
    }
    Ok(artist)
}

fn edit_playlist(session: &Session, artist: &Obj<Artist>, out: &mut dyn Write) -> Result {
    let playlist = session.scalars(select(Playlist).filter(Playlist::name.eq(PLAYLIST)))?.one()?;
    let tracks = playlist.tracks();
    let before = tracks.len()?;

    let removed = tracks.pop_at(0)?;
    writeln!(out, "- {}", with_artist(&removed)?)?;
    for album in artist.albums().iter()? {
        for track in album.tracks().iter()?.take(1) {
            // From either side: the track's list of playlists is the same relationship.
            track.playlists().append(&playlist)?;
            writeln!(out, "+ {}", with_artist(&track)?)?;
        }
    }
    writeln!(out, "{PLAYLIST}: {before} -> {} tracks", tracks.len()?)?;
    session.flush()?;

    // The table between has no position: the order of its rows is the order of the tracks, whatever the list
    // says meanwhile. So a list in another order is no change, and nothing is written.
    let mut reversed: Vec<_> = tracks.iter()?.collect();
    reversed.reverse();
    let written = rows_written(session)?;
    tracks.replace(reversed)?;
    session.flush()?;
    writeln!(out, "Put in reverse order: {} rows written", rows_written(session)? - written)?;
    Ok(())
}

/// How many rows the session's connection has written, as SQLite counts them.
fn rows_written(session: &Session) -> Result<i64> {
    let mut count = 0;
    session.connection()?.prepare("SELECT total_changes()")?.query(&mut |row| {
        if let ValueRef::Int(rows) = row.get(0)? {
            count = rows;
        }
        Ok(Flow::Break(()))
    })?;
    Ok(count)
}

fn delete_invoice(session: &Session, out: &mut dyn Write) -> Result {
    let invoice = session.get_one::<Invoice>(INVOICE)?;
    print_invoice(&invoice, out)?;
    let customer = invoice.customer()?;
    let before = customer.invoices().len()?;
    session.delete(&invoice)?;
    session.flush()?;
    session.expire_attributes(&customer, &["invoices"])?;
    writeln!(out, "{}: {before} -> {} invoices", full_name(&customer)?, customer.invoices().len()?)?;
    Ok(())
}

/// Shows that the changes are in the file, by a session that has seen nothing of them.
pub fn prove(session: &Session, out: &mut dyn Write) -> Result {
    heading(out, "Opened again")?;
    let customer = session.scalars(select(Customer).filter(Customer::email.eq(CUSTOMER)))?.one()?;
    let rep = customer.support_rep()?.ok_or("the representative is gone")?;
    writeln!(out, "{} is looked after by {}.", full_name(&customer)?, rep.first_name()?)?;
    check(rep.customers().contains(&customer)?, "the representative knows the customer")?;

    let artist = session.scalars(select(Artist).filter(Artist::name.eq(ARTIST)))?.one()?;
    for album in artist.albums().iter()? {
        let names = album.tracks().iter()?.map(|track| track.name()).collect::<orm::Result<Vec<_>>>()?;
        writeln!(out, "{ARTIST}, {}: {}", album.title()?, names.join(", "))?;
    }
    check(artist.albums().len()? == 2, "the artist has two albums")?;

    let playlist = session.scalars(select(Playlist).filter(Playlist::name.eq(PLAYLIST)))?.one()?;
    let first = playlist.tracks().get(0)?.ok_or("the playlist is empty")?;
    writeln!(out, "{PLAYLIST}: {} tracks, the first is {}", playlist.tracks().len()?, with_artist(&first)?)?;
    let ours = select(Track).filter(Track::playlists.contains(&playlist)).order_by(Track::id);
    let ours = ours.filter(Track::album.has(Album::artist.is(&artist)));
    for track in session.scalars(ours)?.all()? {
        writeln!(out, "  {}", with_artist(&track)?)?;
    }

    check(session.get::<Invoice>(INVOICE)?.is_none(), "the invoice is gone")?;
    let lines = session.scalars(select(InvoiceLine).filter(InvoiceLine::invoice_id.eq(INVOICE)))?.all()?;
    check(lines.is_empty(), "its lines are gone")?;
    let late = select(Invoice).filter(Invoice::date.ge(Timestamp::date(2025, 12, 1)));
    let late = session.scalars(late.order_by(Invoice::id))?.all()?;
    writeln!(out, "Invoice no. {INVOICE} and its lines are gone; {} of December 2025 are left.", late.len())?;
    Ok(())
}

/// Refuses to go on where a fact doesn't hold.
fn check(holds: bool, what: &str) -> Result {
    if holds { Ok(()) } else { Err(format!("doesn't hold: {what}").into()) }
}
