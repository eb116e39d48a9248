//! Two SHA-256 states at once.
//!
//! The SHA instructions of x86 wait for one another: each round needs what the one before it made.
//! A second state fills the wait. Where both take in the same blocks, one message schedule serves
//! both as well, and two digests cost hardly more than one. `sha2` has no such entry.

use sha2::block_api::compress256;

/// The eight words of a running hash.
pub(super) type State = [u32; 8];

/// What one round of compression takes in; as long as a line of the cache.
pub(super) type Block = [u8; 64];

/// Bytes that are read as soon as others are hashed.
pub(super) type Soon<'a> = [&'a [u8]; 4];

/// Takes `blocks` into both states.
pub(super) fn compress_same(one: &mut State, two: &mut State, blocks: &[Block]) {
    #[cfg(target_arch = "x86_64")]
    if x86::same(one, two, blocks) {
        return;
    }
    compress256(one, blocks);
    compress256(two, blocks);
}

/// Takes the first of each two blocks into one state, the second into the other. Where one has more
/// blocks, these are left out. With each two the cache is given one more line of each of `soon`.
#[cfg_attr(
    not(target_arch = "x86_64"),
    expect(unused_variables, reason = "here the cache is left to itself")
)]
pub(super) fn compress_each(
    one: (&mut State, &[Block]),
    two: (&mut State, &[Block]),
    soon: Soon<'_>,
) {
    #[cfg(target_arch = "x86_64")]
    if x86::each((&mut *one.0, one.1), (&mut *two.0, two.1), soon) {
        return;
    }
    let both = one.1.len().min(two.1.len());
    compress256(one.0, &one.1[..both]);
    compress256(two.0, &two.1[..both]);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m128i, _MM_HINT_T0, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_prefetch,
        _mm_set_epi32, _mm_set_epi64x, _mm_sha256msg1_epu32, _mm_sha256msg2_epu32,
        _mm_sha256rnds2_epu32, _mm_shuffle_epi8, _mm_shuffle_epi32,
    };

    use super::{Block, Soon, State};

    /// The constants of the rounds (FIPS 180-4, 4.2.2).
    const ROUNDS: [u32; 64] = [
        0x428a_2f98,
        0x7137_4491,
        0xb5c0_fbcf,
        0xe9b5_dba5,
        0x3956_c25b,
        0x59f1_11f1,
        0x923f_82a4,
        0xab1c_5ed5,
        0xd807_aa98,
        0x1283_5b01,
        0x2431_85be,
        0x550c_7dc3,
        0x72be_5d74,
        0x80de_b1fe,
        0x9bdc_06a7,
        0xc19b_f174,
        0xe49b_69c1,
        0xefbe_4786,
        0x0fc1_9dc6,
        0x240c_a1cc,
        0x2de9_2c6f,
        0x4a74_84aa,
        0x5cb0_a9dc,
        0x76f9_88da,
        0x983e_5152,
        0xa831_c66d,
        0xb003_27c8,
        0xbf59_7fc7,
        0xc6e0_0bf3,
        0xd5a7_9147,
        0x06ca_6351,
        0x1429_2967,
        0x27b7_0a85,
        0x2e1b_2138,
        0x4d2c_6dfc,
        0x5338_0d13,
        0x650a_7354,
        0x766a_0abb,
        0x81c2_c92e,
        0x9272_2c85,
        0xa2bf_e8a1,
        0xa81a_664b,
        0xc24b_8b70,
        0xc76c_51a3,
        0xd192_e819,
        0xd699_0624,
        0xf40e_3585,
        0x106a_a070,
        0x19a4_c116,
        0x1e37_6c08,
        0x2748_774c,
        0x34b0_bcb5,
        0x391c_0cb3,
        0x4ed8_aa4a,
        0x5b9c_ca4f,
        0x682e_6ff3,
        0x748f_82ee,
        0x78a5_636f,
        0x84c8_7814,
        0x8cc7_0208,
        0x90be_fffa,
        0xa450_6ceb,
        0xbef9_a3f7,
        0xc671_78f2,
    ];

    fn is_able() -> bool {
        is_x86_feature_detected!("sha")
            && is_x86_feature_detected!("ssse3")
            && is_x86_feature_detected!("sse4.1")
    }

    /// Whether the processor can do it, and if so, done.
    pub(super) fn same(one: &mut State, two: &mut State, blocks: &[Block]) -> bool {
        let able = is_able();
        if able {
            #[expect(unsafe_code, reason = "calls what only some processors can do")]
            // SAFETY: this one has just been asked for all that `rounds_of_same` is compiled for.
            unsafe {
                rounds_of_same(one, two, blocks);
            }
        }
        able
    }

    /// Whether the processor can do it, and if so, done.
    pub(super) fn each(
        one: (&mut State, &[Block]),
        two: (&mut State, &[Block]),
        soon: Soon<'_>,
    ) -> bool {
        let able = is_able();
        if able {
            #[expect(unsafe_code, reason = "calls what only some processors can do")]
            // SAFETY: this one has just been asked for all that `rounds_of_each` is compiled for.
            unsafe {
                rounds_of_each(one, two, soon);
            }
        }
        able
    }

    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn rounds_of_same(one: &mut State, two: &mut State, blocks: &[Block]) {
        let (mut a, mut b) = (pack(one), pack(two));
        for block in blocks {
            let before = (a, b);
            let mut words = load(block);
            for four in ROUNDS.chunks_exact(4) {
                let ready = _mm_add_epi32(words[0], register(four));
                (a, b) = four_rounds((a, ready), (b, ready));
                words = next(words);
            }
            a = add(a, before.0);
            b = add(b, before.1);
        }
        (*one, *two) = (unpack(a), unpack(b));
    }

    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn rounds_of_each(one: (&mut State, &[Block]), two: (&mut State, &[Block]), soon: Soon<'_>) {
        let (mut a, mut b) = (pack(one.0), pack(two.0));
        let mut soon = soon.map(|bytes| bytes.as_chunks().0.iter());
        for (block, other) in one.1.iter().zip(two.1) {
            soon.iter_mut().filter_map(Iterator::next).for_each(fetch);
            let before = (a, b);
            let (mut words, mut others) = (load(block), load(other));
            for four in ROUNDS.chunks_exact(4) {
                let constants = register(four);
                let ready = _mm_add_epi32(words[0], constants);
                let other = _mm_add_epi32(others[0], constants);
                (a, b) = four_rounds((a, ready), (b, other));
                (words, others) = (next(words), next(others));
            }
            a = add(a, before.0);
            b = add(b, before.1);
        }
        (*one.0, *two.0) = (unpack(a), unpack(b));
    }

    /// Asks for a line of the cache and does not wait for it.
    #[inline]
    fn fetch(line: &Block) {
        #[expect(unsafe_code, reason = "takes an address")]
        // SAFETY: nothing is read that the program could see, whatever the address.
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(line).cast());
        }
    }

    /// A state as the instructions want it: words a, b, e, f, and words c, d, g, h.
    type Halves = (__m128i, __m128i);

    /// Four rounds of both, each with its words and the constants added to them (FIPS 180-4, 6.2.2,
    /// step 3); neither waits for the other.
    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn four_rounds(
        (one, words): (Halves, __m128i),
        (two, others): (Halves, __m128i),
    ) -> (Halves, Halves) {
        let one_low = _mm_sha256rnds2_epu32(one.1, one.0, words);
        let two_low = _mm_sha256rnds2_epu32(two.1, two.0, others);
        let one_high = _mm_sha256rnds2_epu32(one.0, one_low, _mm_shuffle_epi32::<0x0e>(words));
        let two_high = _mm_sha256rnds2_epu32(two.0, two_low, _mm_shuffle_epi32::<0x0e>(others));
        ((one_high, one_low), (two_high, two_low))
    }

    /// Sixteen words of the message schedule, without the first four and with the four behind them
    /// (FIPS 180-4, 6.2.2, step 1). Behind the last ones they are not used.
    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn next([first, second, third, fourth]: [__m128i; 4]) -> [__m128i; 4] {
        let sum =
            _mm_add_epi32(_mm_sha256msg1_epu32(first, second), _mm_alignr_epi8::<4>(fourth, third));
        [second, third, fourth, _mm_sha256msg2_epu32(sum, fourth)]
    }

    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn load(block: &Block) -> [__m128i; 4] {
        [words(block, 0), words(block, 16), words(block, 32), words(block, 48)]
    }

    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn words(block: &Block, at: usize) -> __m128i {
        let (halves, _) = block.as_chunks();
        let half = |index: usize| i64::from_le_bytes(halves[at / 8 + index]);
        // Words are big-endian.
        let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
        _mm_shuffle_epi8(_mm_set_epi64x(half(1), half(0)), order)
    }

    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn register(four: &[u32]) -> __m128i {
        let word = |index: usize| four[index].cast_signed();
        _mm_set_epi32(word(3), word(2), word(1), word(0))
    }

    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn add(one: Halves, two: Halves) -> Halves {
        (_mm_add_epi32(one.0, two.0), _mm_add_epi32(one.1, two.1))
    }

    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn pack(state: &State) -> Halves {
        let [a, b, c, d, e, f, g, h] = state.map(u32::cast_signed);
        (_mm_set_epi32(a, b, e, f), _mm_set_epi32(c, d, g, h))
    }

    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn unpack((abef, cdgh): Halves) -> State {
        [
            _mm_extract_epi32::<3>(abef),
            _mm_extract_epi32::<2>(abef),
            _mm_extract_epi32::<3>(cdgh),
            _mm_extract_epi32::<2>(cdgh),
            _mm_extract_epi32::<1>(abef),
            _mm_extract_epi32::<0>(abef),
            _mm_extract_epi32::<1>(cdgh),
            _mm_extract_epi32::<0>(cdgh),
        ]
        .map(i32::cast_unsigned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(factor: u8) -> Vec<Block> {
        (0..50u8).map(|number| [number.wrapping_mul(factor); 64]).collect()
    }

    /// Whatever the processor can do, both states are what `sha2` makes of them.
    #[test]
    fn two_states_are_two() {
        let (blocks, others, bytes) = (blocks(37), blocks(41), [0; 1000]);
        for count in 0..blocks.len() {
            let (blocks, others) = (&blocks[..count], &others[..count]);
            let (mut one, mut two) = ([1; 8], [0x8000_0001; 8]);
            let (mut first, mut second) = (one, two);
            compress_same(&mut one, &mut two, blocks);
            compress256(&mut first, blocks);
            compress256(&mut second, blocks);
            assert_eq!((one, two), (first, second), "{count} blocks");
            compress_each((&mut one, blocks), (&mut two, others), [&bytes; 4]);
            compress256(&mut first, blocks);
            compress256(&mut second, others);
            assert_eq!((one, two), (first, second), "{count} blocks each");
        }
    }

    #[test]
    fn blocks_that_have_no_other_are_left_out() {
        let (blocks, others) = (blocks(37), blocks(41));
        let (mut one, mut two) = ([1; 8], [2; 8]);
        let (mut first, mut second) = (one, two);
        compress_each((&mut one, &blocks[..5]), (&mut two, &others[..3]), [&[]; 4]);
        compress_each((&mut first, &blocks[..3]), (&mut second, &others[..3]), [&[]; 4]);
        assert_eq!((one, two), (first, second));
    }
}
