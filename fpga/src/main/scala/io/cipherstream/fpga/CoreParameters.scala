package io.cipherstream.fpga

import chisel3.util.log2Ceil

/** How wide products are built from a device's multipliers.
  *
  * @param tileA widest unsigned factor of one multiplier, first port (26 on DSP48E2, 18 on ECP5)
  * @param tileB the same of the second port (17 on DSP48E2, 18 on ECP5)
  * @param adderLevels levels of two-operand adders between two registers
  */
case class MultiplierShape(tileA: Int = 26, tileB: Int = 17, adderLevels: Int = 1) {
  require(tileA >= 4 && tileB >= 4 && adderLevels >= 1, s"multiplier shape $this")
}

/** What shapes the parts of a core that its clusters share the form of; ClusterParameters has the rest.
  *
  * @param wordBits every modulus is below 2^wordBits
  * @param degreeBitsMin log2 of the smallest ring degree N; also sets the Montgomery digit, since every
  *   modulus is 1 modulo 2N
  * @param degreeBitsMax log2 of the largest ring degree
  * @param lanes butterflies of the NTT unit, P
  * @param limbBuffers limbs the NTT unit holds at once (one computing, the others loading or storing)
  * @param twiddleSlots root tables of the largest degree that the NTT unit holds at once, one a modulus; of smaller degrees
  *   as many more as fit, at most `moduli`
  * @param busWords 64-bit words of one beat on the memory ports
  * @param burstBeats most beats of a burst on the memory ports
  * @param aheadBeats beats that a reader asks for before the first is taken; each has room in a queue
  * @param segments entries of the segment table
  * @param moduli entries of the modulus table
  * @param watchdogCycles cycles that the memory may leave everything asked for unanswered before the core gives up
  * @param multiplier how products are built
  */
case class CoreParameters(
    wordBits: Int = 50,
    degreeBitsMin: Int = 10,
    degreeBitsMax: Int = 13,
    lanes: Int = 4,
    limbBuffers: Int = 2,
    twiddleSlots: Int = 4,
    busWords: Int = 8,
    burstBeats: Int = 32,
    aheadBeats: Int = 128,
    segments: Int = 64,
    moduli: Int = 32,
    watchdogCycles: Int = 1 << 20,
    multiplier: MultiplierShape = MultiplierShape()
) {
  require(wordBits >= 28 && wordBits <= 61, s"word width $wordBits: expected 28 to 61 bits")
  require(lanes >= 1 && lanes <= 64 && (lanes & (lanes - 1)) == 0, s"$lanes lanes: expected a power of two to 64")
  require(
    degreeBitsMin <= degreeBitsMax && degreeBitsMax <= 16,
    s"degrees 2^$degreeBitsMin to 2^$degreeBitsMax: expected at most 2^16"
  )
  require(
    degreeBitsMin >= math.max(4, math.max(2 * log2Ceil(lanes), log2Ceil(lanes) + 2)),
    s"degree 2^$degreeBitsMin is too small for $lanes lanes"
  )
  require(limbBuffers >= 2 && limbBuffers <= 4, s"$limbBuffers limb buffers: expected 2 to 4")
  require(twiddleSlots >= 2, s"$twiddleSlots twiddle slots: expected at least 2")
  require(busWords == CoreSet.lineWords, s"$busWords words a beat: a beat is a line of ${CoreSet.lineWords} words")
  require(burstBeats >= 2 && burstBeats <= 64, s"bursts of $burstBeats beats: expected 2 to 64")
  require(
    aheadBeats >= 2 * burstBeats && aheadBeats <= 1024,
    s"$aheadBeats beats ahead: expected at least two bursts of $burstBeats beats, at most 1024"
  )
  require(watchdogCycles >= 16, s"watchdog of $watchdogCycles cycles: expected at least 16")
  require(segments >= 1 && moduli >= 1 && moduli <= 64, s"tables of $this")

  /** log2 of the number of lanes. */
  val laneBits: Int = log2Ceil(lanes)

  /** Largest ring degree. */
  val degreeMax: Int = 1 << degreeBitsMax

  /** Bits of a Montgomery digit: every modulus is 1 modulo 2 to this power. */
  val digitBits: Int = degreeBitsMin + 1

  /** Montgomery digits of a word. */
  val digits: Int = (wordBits + digitBits - 1) / digitBits

  /** log2 of the Montgomery factor R. */
  val montgomeryBits: Int = digits * digitBits

  /** Groups of P words of the largest limb. */
  val groupsMax: Int = degreeMax / lanes

  /** Bits of a word index. */
  val indexBits: Int = degreeBitsMax

  /** Bits that hold log2 N. */
  val degreeBitsWidth: Int = log2Ceil(degreeBitsMax + 1)
}
