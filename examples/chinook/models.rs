//! The eleven tables of the Chinook database.
//!
//! The names in the database aren't those of Rust, so each is given once; everything else follows from the types.

use orm::prelude::*;

use crate::types::{Money, Timestamp};

/// Who makes music.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "Artist")]
pub struct Artist {
    #[column(name = "ArtistId", primary_key)]
    pub id: i64,
    #[column(name = "Name")]
    pub name: Option<String>,
    #[relationship(back_populates = "artist", cascade = "all, delete-orphan", order_by = Album::id)]
    pub albums: Many<Album>,
}

/// An album of an artist.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "Album")]
pub struct Album {
    #[column(name = "AlbumId", primary_key)]
    pub id: i64,
    #[column(name = "Title")]
    pub title: String,
    #[column(name = "ArtistId", foreign_key = Artist::id, index)]
    pub artist_id: i64,
    #[relationship(back_populates = "albums")]
    pub artist: One<Artist>,
    #[relationship(back_populates = "album", order_by = Track::id)]
    pub tracks: Many<Track>,
}

/// A kind of music.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "Genre")]
pub struct Genre {
    #[column(name = "GenreId", primary_key)]
    pub id: i64,
    #[column(name = "Name")]
    pub name: Option<String>,
    #[relationship(back_populates = "genre", order_by = Track::id)]
    pub tracks: Many<Track>,
}

/// A kind of file.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "MediaType")]
pub struct MediaType {
    #[column(name = "MediaTypeId", primary_key)]
    pub id: i64,
    #[column(name = "Name")]
    pub name: Option<String>,
    #[relationship(back_populates = "media_type", order_by = Track::id)]
    pub tracks: Many<Track>,
}

/// What is sold.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "Track")]
pub struct Track {
    #[column(name = "TrackId", primary_key)]
    pub id: i64,
    #[column(name = "Name")]
    pub name: String,
    #[column(name = "AlbumId", foreign_key = Album::id, index)]
    pub album_id: Option<i64>,
    #[column(name = "MediaTypeId", foreign_key = MediaType::id, index)]
    pub media_type_id: i64,
    #[column(name = "GenreId", foreign_key = Genre::id, index)]
    pub genre_id: Option<i64>,
    #[column(name = "Composer")]
    pub composer: Option<String>,
    #[column(name = "Milliseconds")]
    pub milliseconds: i64,
    #[column(name = "Bytes")]
    pub bytes: Option<i64>,
    #[column(name = "UnitPrice")]
    pub unit_price: Money,
    #[relationship(back_populates = "tracks")]
    pub album: Option<One<Album>>,
    #[relationship(back_populates = "tracks")]
    pub media_type: One<MediaType>,
    #[relationship(back_populates = "tracks")]
    pub genre: Option<One<Genre>>,
    #[relationship(secondary = PlaylistTrack, back_populates = "tracks", order_by = Playlist::id)]
    pub playlists: Many<Playlist>,
    #[relationship(back_populates = "track", order_by = InvoiceLine::id)]
    pub invoice_lines: Many<InvoiceLine>,
}

/// A list of tracks.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "Playlist")]
pub struct Playlist {
    #[column(name = "PlaylistId", primary_key)]
    pub id: i64,
    #[column(name = "Name")]
    pub name: Option<String>,
    #[relationship(secondary = PlaylistTrack, back_populates = "playlists", order_by = Track::id)]
    pub tracks: Many<Track>,
}

/// Which track is on which playlist: a table without a class of its own.
#[derive(Table)]
#[mapped(table = "PlaylistTrack")]
pub struct PlaylistTrack {
    #[column(name = "PlaylistId", primary_key, foreign_key = Playlist::id)]
    pub playlist_id: i64,
    #[column(name = "TrackId", primary_key, foreign_key = Track::id)]
    pub track_id: i64,
}

/// Who works here, and for whom.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "Employee")]
pub struct Employee {
    #[column(name = "EmployeeId", primary_key)]
    pub id: i64,
    #[column(name = "LastName")]
    pub last_name: String,
    #[column(name = "FirstName")]
    pub first_name: String,
    #[column(name = "Title")]
    pub title: Option<String>,
    #[column(name = "ReportsTo", foreign_key = Employee::id, index)]
    pub reports_to: Option<i64>,
    #[column(name = "BirthDate")]
    pub birth_date: Option<Timestamp>,
    #[column(name = "HireDate")]
    pub hire_date: Option<Timestamp>,
    #[column(name = "Address")]
    pub address: Option<String>,
    #[column(name = "City")]
    pub city: Option<String>,
    #[column(name = "State")]
    pub state: Option<String>,
    #[column(name = "Country")]
    pub country: Option<String>,
    #[column(name = "PostalCode")]
    pub postal_code: Option<String>,
    #[column(name = "Phone")]
    pub phone: Option<String>,
    #[column(name = "Fax")]
    pub fax: Option<String>,
    #[column(name = "Email")]
    pub email: Option<String>,
    #[relationship(back_populates = "reports", remote_side = Employee::id)]
    pub manager: Option<One<Employee>>,
    #[relationship(back_populates = "manager", order_by = Employee::id)]
    pub reports: Many<Employee>,
    #[relationship(back_populates = "support_rep", order_by = Customer::id)]
    pub customers: Many<Customer>,
}

/// Who buys.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "Customer")]
pub struct Customer {
    #[column(name = "CustomerId", primary_key)]
    pub id: i64,
    #[column(name = "FirstName")]
    pub first_name: String,
    #[column(name = "LastName")]
    pub last_name: String,
    #[column(name = "Company")]
    pub company: Option<String>,
    #[column(name = "Address")]
    pub address: Option<String>,
    #[column(name = "City")]
    pub city: Option<String>,
    #[column(name = "State")]
    pub state: Option<String>,
    #[column(name = "Country")]
    pub country: Option<String>,
    #[column(name = "PostalCode")]
    pub postal_code: Option<String>,
    #[column(name = "Phone")]
    pub phone: Option<String>,
    #[column(name = "Fax")]
    pub fax: Option<String>,
    #[column(name = "Email")]
    pub email: String,
    #[column(name = "SupportRepId", foreign_key = Employee::id, index)]
    pub support_rep_id: Option<i64>,
    #[relationship(back_populates = "customers")]
    pub support_rep: Option<One<Employee>>,
    #[relationship(back_populates = "customer", cascade = "all, delete-orphan", order_by = Invoice::id)]
    pub invoices: Many<Invoice>,
}

/// What a customer bought at once.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "Invoice")]
pub struct Invoice {
    #[column(name = "InvoiceId", primary_key)]
    pub id: i64,
    #[column(name = "CustomerId", foreign_key = Customer::id, index)]
    pub customer_id: i64,
    #[column(name = "InvoiceDate")]
    pub date: Timestamp,
    #[column(name = "BillingAddress")]
    pub billing_address: Option<String>,
    #[column(name = "BillingCity")]
    pub billing_city: Option<String>,
    #[column(name = "BillingState")]
    pub billing_state: Option<String>,
    #[column(name = "BillingCountry")]
    pub billing_country: Option<String>,
    #[column(name = "BillingPostalCode")]
    pub billing_postal_code: Option<String>,
    #[column(name = "Total")]
    pub total: Money,
    #[relationship(back_populates = "invoices")]
    pub customer: One<Customer>,
    #[relationship(back_populates = "invoice", cascade = "all, delete-orphan", order_by = InvoiceLine::id)]
    pub lines: Many<InvoiceLine>,
}

/// One track on an invoice.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "InvoiceLine")]
pub struct InvoiceLine {
    #[column(name = "InvoiceLineId", primary_key)]
    pub id: i64,
    #[column(name = "InvoiceId", foreign_key = Invoice::id, index)]
    pub invoice_id: i64,
    #[column(name = "TrackId", foreign_key = Track::id, index)]
    pub track_id: i64,
    #[column(name = "UnitPrice")]
    pub unit_price: Money,
    #[column(name = "Quantity")]
    pub quantity: i64,
    #[relationship(back_populates = "lines")]
    pub invoice: One<Invoice>,
    #[relationship(back_populates = "invoice_lines")]
    pub track: One<Track>,
}
