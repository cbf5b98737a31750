//! A network that reads a nursery rhyme letter by letter, and then writes it.
//!
//! The rhyme, *The House That Jack Built*, is one that remembers: each verse goes through all that was named before. Training is
//! truncated backpropagation through time: readers at different places of the text go on window after window, each from the
//! state that the window before has left, so that a window may be shorter than a verse. Then the same network, from the
//! same weights, writes for ever, one letter a step: what it writes is what it reads next.
//!
//! `cargo run --release --example rhyme`

use backprop::prelude::*;
use backprop::rand_core::Rng as _;

const TEXT: &str = include_str!("data/texts/jack.txt");
/// The letters of the text, in the order of their numbers.
const LETTERS: &[u8] = b"\n .JTabcdefghiklmnoprstuvwy";
/// Letters of a window.
const TIME: usize = 24;
/// Places of the text that are read side by side.
const READERS: usize = 32;

#[network(
    input = TIME,
    layers = [embedding(LETTERS.len(), 12), gru(64), dense(LETTERS.len())],
    loss = cross_entropy(per = step),
)]
struct Writer;

fn main() -> Result<(), backprop::Error> {
    let known = |letter: u8| LETTERS.iter().position(|known| *known == letter);
    let text: Vec<usize> = TEXT.bytes().filter_map(known).collect();
    assert_eq!(text.len(), TEXT.len(), "every letter has a number");

    let mut net = Writer::boxed(&mut backprop::rng(1));
    let loss = read(&mut net, &text)?;
    let written = write(&net, 1200, 0.3);
    println!("\n{written}\n");

    // The first line may begin anywhere in a verse, the last one ends where it does.
    let lines: Vec<&str> = written.lines().filter(|line| !line.is_empty()).collect();
    let inner = lines.get(1..lines.len() - 1).unwrap_or_default();
    let right = inner.iter().filter(|line| TEXT.lines().any(|known| known == **line)).count();
    println!("{right} of {} lines stand in the rhyme; {loss:.3} nats a letter", inner.len());
    assert!(loss < 0.25 && inner.len() > 20 && right * 10 >= inner.len() * 9, "it has learnt the rhyme");
    Ok(())
}

/// Reads the text again and again, and gives the loss of the last time.
fn read(net: &mut Writer, text: &[usize]) -> Result<f32, backprop::Error> {
    let mut trainer = Trainer::boxed(Adam::new(1e-2));
    trainer.clip_norm(Some(1.0));
    let mut states = vec![Writer::state(); READERS];
    let (mut place, mut loss) = (0, 0.0);
    for round in 0..8 {
        if round == 6 {
            trainer.set_learning_rate(2e-3);
        }
        let (mut sum, windows) = (0.0, text.len() / TIME);
        for _ in 0..windows {
            let letter = |reader: usize, step: usize| {
                text[(reader * text.len() / READERS + place + step) % text.len()]
            };
            let xs: [[u32; TIME]; READERS] =
                std::array::from_fn(|reader| std::array::from_fn(|step| letter(reader, step) as u32));
            let ys: [[usize; TIME]; READERS] =
                std::array::from_fn(|reader| std::array::from_fn(|step| letter(reader, step + 1)));
            sum += trainer.step_with_state(net, &xs, &ys, &mut states)?;
            place += TIME;
        }
        loss = sum / windows as f32;
        println!("round {:2}: {loss:.3} nats a letter", round + 1);
    }
    Ok(loss)
}

/// Writes so many letters: each is drawn from what the network expects, and read in the next step. At a low temperature it
/// takes fewer chances.
fn write(net: &Writer, letters: usize, temperature: f32) -> String {
    let (mut rng, mut state) = (backprop::rng(7), Writer::state());
    let mut letter = LETTERS.iter().position(|letter| *letter == b'\n').unwrap_or(0);
    let mut written = String::new();
    for _ in 0..letters {
        let scores = net.step(&[letter as u32], &mut state);
        let highest = scores.iter().copied().fold(f32::MIN, f32::max);
        let weights = scores.map(|score| ((score - highest) / temperature).exp());
        let mut draw = weights.iter().sum::<f32>() * (rng.next_u32() as f32 / u32::MAX as f32);
        let drawn = weights.iter().position(|weight| {
            draw -= weight;
            draw <= 0.0
        });
        letter = drawn.unwrap_or(0);
        written.push(char::from(LETTERS[letter]));
    }
    written
}
