//! What is in the database, read through relationships.

use std::error::Error;
use std::io::Write;

use orm::prelude::*;

use crate::models::{Artist, Customer, Employee, Genre, Invoice, MediaType, Playlist, Track};
use crate::types::Money;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The whole report.
pub fn report(session: &Session, out: &mut dyn Write) -> Result {
    heading(out, "Employees")?;
    for head in
        session.scalars(select(Employee).filter(Employee::manager.is_none()).order_by(Employee::id))?.all()?
    {
        employee(&head, 0, out)?;
    }

    heading(out, "Best customers")?;
    for (customer, total) in best_customers(session, 3)? {
        writeln!(
            out,
            "{}, {}: {total} in {}; looked after by {}",
            full_name(&customer)?,
            customer.country()?.unwrap_or_default(),
            counted(customer.invoices().len()?, "invoice"),
            match customer.support_rep()? {
                Some(rep) => rep.first_name()?,
                None => "nobody".to_owned(),
            },
        )?;
        for invoice in customer.invoices().iter()? {
            writeln!(
                out,
                "  {:#}  no. {:>3}  {:>6} for {}",
                invoice.date()?,
                invoice.id()?,
                invoice.total()?,
                counted(invoice.lines().len()?, "track"),
            )?;
        }
    }

    heading(out, "The largest invoice")?;
    let largest = select(Invoice).order_by(Invoice::total.desc()).order_by(Invoice::id);
    if let Some(invoice) = session.scalars(largest.limit(1))?.first()? {
        print_invoice(&invoice, out)?;
    }

    heading(out, "Playlists")?;
    for playlist in session.scalars(select(Playlist).order_by(Playlist::id))?.all()? {
        print_playlist(&playlist, out)?;
    }

    heading(out, "Media types and genres")?;
    for media_type in session.scalars(select(MediaType).order_by(MediaType::id))?.all()? {
        let name = media_type.name()?.unwrap_or_default();
        writeln!(out, "{:>5} tracks as {name}", media_type.tracks().len()?)?;
    }
    for genre in session.scalars(select(Genre).order_by(Genre::id).limit(5))?.all()? {
        writeln!(out, "{:>5} tracks of {}", genre.tracks().len()?, genre.name()?.unwrap_or_default())?;
    }
    let silent = session.scalars(select(Artist).filter(!Artist::albums.any_item()))?.all()?;
    writeln!(out, "{:>5} artists without an album", silent.len())?;
    let unsold = session.scalars(select(Track).filter(!Track::invoice_lines.any_item()))?.all()?;
    writeln!(out, "{:>5} tracks that nobody bought", unsold.len())?;
    Ok(())
}

/// A title over a part of the output.
pub fn heading(out: &mut dyn Write, title: &str) -> Result {
    writeln!(out, "\n{title}\n{}", "-".repeat(title.len()))?;
    Ok(())
}

/// A number of things: `1 track`, `2 tracks`.
pub fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// First and last name.
pub fn full_name(customer: &Obj<Customer>) -> Result<String> {
    Ok(format!("{} {}", customer.first_name()?, customer.last_name()?))
}

/// An employee, and those who report to them, further to the right.
fn employee(who: &Obj<Employee>, depth: usize, out: &mut dyn Write) -> Result {
    let name = format!("{}{} {}", "  ".repeat(depth), who.first_name()?, who.last_name()?);
    let mut line = format!("{name:<20} {:<20}", who.title()?.unwrap_or_default());
    if let Some(date) = who.hire_date()? {
        line += &format!(" since {date:#}");
    }
    let customers = who.customers().len()?;
    if customers > 0 {
        line += &format!(", {}", counted(customers, "customer"));
    }
    writeln!(out, "{line}")?;
    who.reports().iter()?.try_for_each(|report| employee(&report, depth + 1, out))
}

/// The customers who paid most, with what they paid.
pub fn best_customers(session: &Session, how_many: usize) -> Result<Vec<(Obj<Customer>, Money)>> {
    let mut customers = Vec::new();
    for customer in session.scalars(select(Customer).order_by(Customer::id))?.all()? {
        let totals = customer.invoices().iter()?.map(|invoice| invoice.total());
        let total = totals.sum::<orm::Result<Money>>()?;
        customers.push((customer, total));
    }
    // The sort is stable: of equal customers the older one comes first.
    customers.sort_by_key(|(_, total)| std::cmp::Reverse(*total));
    customers.truncate(how_many);
    Ok(customers)
}

/// An invoice with its lines.
pub fn print_invoice(invoice: &Obj<Invoice>, out: &mut dyn Write) -> Result {
    let (id, date) = (invoice.id()?, invoice.date()?);
    writeln!(out, "No. {id} of {date:#}, to {}: {}", full_name(&invoice.customer()?)?, invoice.total()?)?;
    for line in invoice.lines().iter()? {
        let price = line.unit_price()? * line.quantity()?;
        writeln!(out, "  {price:>6}  {}", with_artist(&line.track()?)?)?;
    }
    Ok(())
}

/// A playlist with its first tracks.
pub fn print_playlist(playlist: &Obj<Playlist>, out: &mut dyn Write) -> Result {
    let tracks = playlist.tracks();
    let name = playlist.name()?.unwrap_or_default();
    if tracks.is_empty()? {
        writeln!(out, "{name}: empty")?;
        return Ok(());
    }
    let length = tracks.iter()?.map(|track| track.milliseconds()).sum::<orm::Result<i64>>()? / 60_000;
    writeln!(out, "{name}: {}, {} h {:02} min", counted(tracks.len()?, "track"), length / 60, length % 60)?;
    for track in tracks.iter()?.take(3) {
        writeln!(out, "  {}", with_artist(&track)?)?;
    }
    if tracks.len()? > 3 {
        writeln!(out, "  ...")?;
    }
    Ok(())
}

/// A track's name, with the artist's where it is on an album.
pub fn with_artist(track: &Obj<Track>) -> Result<String> {
    let name = track.name()?;
    let Some(album) = track.album()? else { return Ok(name) };
    Ok(format!("{name} ({})", album.artist()?.name()?.unwrap_or_default()))
}
