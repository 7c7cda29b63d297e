//! The file of cooldowns: a line for each confirmation.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::safe;

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) key: String,
    pub(crate) owner: String,
    /// When it ends, in milliseconds since 1970.
    pub(crate) until: i64,
    /// When it was confirmed, by the clock of those who claim.
    #[serde(default)]
    pub(crate) at: i64,
}

#[derive(Debug)]
pub(crate) struct Log {
    path: PathBuf,
    pub(crate) file: File,
    /// Whether the file's name is on the disk.
    named: bool,
    /// Lines that may be written before those that are over are taken out.
    pub(crate) room: usize,
}

impl Line {
    /// When it ends for one who finds it at `now`. Where it was confirmed later than that, one of the
    /// clocks is wrong, and its end means nothing; how long it was meant to last does.
    pub(crate) fn end(&self, now: i64) -> i64 {
        if self.at > now {
            now.saturating_add(self.until.saturating_sub(self.at))
        } else {
            self.until
        }
    }
}

impl Log {
    pub(crate) const ROOM: usize = 1024;
    /// Most lines that are over and stay.
    pub(crate) const OVER: usize = 4096;

    /// Reads the file, and writes anew what is worth keeping. Where it cannot be written anew, it is
    /// gone on with as it is.
    pub(crate) fn open(path: PathBuf, now: i64) -> io::Result<(Self, Vec<Line>)> {
        let lines = worth_keeping(read(&path)?, now);
        let file = write_anew(&path, &lines)
            .or_else(|error| safe::options().append(true).open(&path).map_err(|_| error))?;
        let room = lines.len().max(Self::ROOM);
        Ok((Self { path, file, named: false, room }, lines))
    }

    /// Adds a line.
    pub(crate) fn add(&mut self, line: &Line) -> io::Result<()> {
        if self.room == 0 {
            // Where this fails, the file is as it was, and the next time will do.
            self.room = self.shrink(line.at).unwrap_or(Self::ROOM);
        }
        let mut text = Vec::new();
        write(line, &mut text)?;
        // A write that fails may leave half a line: the next one begins on a line of its own.
        text.insert(0, b'\n');
        self.room -= 1;
        self.file.write_all(&text)?;
        self.file.sync_data()?;
        if !self.named {
            safe::sync_name(&self.path)?;
            self.named = true;
        }
        Ok(())
    }

    /// Takes out what is over at `now`. Gives the lines to write before that is worth it again.
    fn shrink(&mut self, now: i64) -> io::Result<usize> {
        let lines = worth_keeping(read(&self.path)?, now);
        self.file = write_anew(&self.path, &lines)?;
        self.named = false;
        Ok(lines.len().max(Self::ROOM))
    }
}

/// The last line of each key, those that end last at the end; of those that are over at `now` the
/// ones that ended last, in case that the clock is wrong.
fn worth_keeping(lines: Vec<Line>, now: i64) -> Vec<Line> {
    let mut latest = HashMap::new();
    for line in lines {
        latest.insert(line.key.clone(), line);
    }
    let mut lines: Vec<Line> = latest.into_values().collect();
    lines.sort_unstable_by(|a, b| (a.until, &a.key).cmp(&(b.until, &b.key)));
    let over = lines.partition_point(|line| line.until <= now);
    lines.drain(..over.saturating_sub(Log::OVER));
    lines
}

/// Puts a file of these lines in the place of the one that is there.
fn write_anew(path: &Path, lines: &[Line]) -> io::Result<File> {
    let mut text = Vec::new();
    for line in lines {
        write(line, &mut text)?;
    }
    safe::replace(&beside(path, "new"), path, &[&text])
}

/// Whether a file is empty, missing, or begins as every file of cooldowns does (or with zeros, where
/// the power went off): opening would write over any other.
pub(crate) fn is_ours(path: &Path) -> io::Result<bool> {
    let mut begin = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        file => file?.take(BEGIN.len() as u64 + 1).read_to_end(&mut begin)?,
    };
    let begin = begin.strip_prefix(b"\n").unwrap_or(&begin);
    Ok(begin.iter().zip(BEGIN).all(|(byte, ours)| byte == ours || *byte == 0))
}

/// What each line begins with.
const BEGIN: &[u8] = br#"{"key":""#;

/// The lines of a file that can be read; none where there is no file.
pub(crate) fn read(path: &Path) -> io::Result<Vec<Line>> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        read => read?,
    };
    let lines = bytes.split(|byte| *byte == b'\n');
    Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

pub(crate) fn write(line: &Line, text: &mut Vec<u8>) -> io::Result<()> {
    serde_json::to_writer(&mut *text, line)?;
    text.push(b'\n');
    Ok(())
}

/// The path with an ending more.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}
