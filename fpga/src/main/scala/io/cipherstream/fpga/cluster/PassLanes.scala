package io.cipherstream.fpga.cluster

import chisel3._
import chisel3.util._
import io.cipherstream.fpga.arith.{Delay, MontgomeryMultiplier, Residue}

/** What stands before a transform, on Q lanes: u mod q if asked for, then u + c0. A block a cycle. */
class PreLanes(p: ClusterParameters) extends Module {
  val io = IO(new Bundle {
    val in = Flipped(Decoupled(new Bundle {
      val words = p.block
      val modulus = p.word
      val one = p.word
      val reduce = Bool()
      val adds = Bool()
      val constant = p.word
    }))
    val out = Decoupled(p.block)
  })
  private val latency = MontgomeryMultiplier.latency(p.core)
  private val product = Module(new MontgomeryMultiplier(p.core, p.streamWords))
  private val lanes = Module(new Pipelined(p.block, latency + 2))
  io.in.ready := lanes.io.room
  lanes.io.enters := io.in.fire
  product.io.a := io.in.bits.words
  product.io.b.foreach(_ := io.in.bits.one)
  product.io.modulus := io.in.bits.modulus

  private val beside = Delay(
    io.in.bits.words.toSeq ++ Seq(io.in.bits.modulus, io.in.bits.constant, io.in.bits.reduce.asUInt, io.in.bits.adds.asUInt),
    latency
  )
  private val Seq(modulus, constant, reduce, adds) = beside.drop(p.streamWords)
  private val reduced = product.io.product.zip(beside).map { case (r, u) => Delay.step(Mux(reduce.asBool, r, u), p.wordBits) }
  private val (modulus1, constant1, adds1) = (Delay.step(modulus, p.wordBits), Delay.step(constant, p.wordBits), RegNext(adds.asBool))
  lanes.io.result := VecInit(
    reduced.map(u => Delay.step(Mux(adds1, Residue.add(u, constant1, modulus1), u), p.wordBits))
  )
  io.out <> lanes.io.out
}

/** What stands behind a transform, on Q lanes: x - v, then times c2, then plus y or c1. A block a cycle. */
class PostLanes(p: ClusterParameters) extends Module {
  val io = IO(new Bundle {
    val in = Flipped(Decoupled(new Bundle {
      val words = p.block

      /** x and y; zeros where there is none. */
      val x = p.block
      val y = p.block
      val modulus = p.word
      val scale = p.word
      val constant = p.word
      val subtracts = Bool()
      val scales = Bool()
      val addsY = Bool()
      val addsConstant = Bool()
      val counts = Bool()
    }))
    val out = Decoupled(p.block)

    /** Zero words that were counted in a cycle. */
    val zeros = Output(UInt(log2Ceil(p.streamWords + 1).W))
  })
  private val latency = MontgomeryMultiplier.latency(p.core)
  private val in = io.in.bits
  private val lanes = Module(new Pipelined(p.block, latency + 3))
  io.in.ready := lanes.io.room
  lanes.io.enters := io.in.fire

  private val zero = VecInit(in.words.map(_ === 0.U))
  private val counted = RegInit(0.U(p.streamWords.W))
  counted := Mux(io.in.fire && in.counts, zero.asUInt, 0.U)
  io.zeros := RegNext(PopCount(counted), 0.U)

  private val subtracted = in.words.zip(in.x).map { case (v, x) =>
    Delay.step(Mux(in.subtracts, Residue.subtract(x, v, in.modulus), v), p.wordBits)
  }
  private val product = Module(new MontgomeryMultiplier(p.core, p.streamWords))
  product.io.a := VecInit(subtracted)
  product.io.b.foreach(_ := Delay.step(in.scale, p.wordBits))
  product.io.modulus := Delay.step(in.modulus, p.wordBits)

  private val waiting = Delay(subtracted, latency)
  private val addends = in.y.map(y => Mux(in.addsY, y, in.constant))
  private val beside =
    Delay(addends ++ Seq(in.modulus, in.scales.asUInt, (in.addsY || in.addsConstant).asUInt), latency + 1)
  private val Seq(modulus, scales, adds) = beside.drop(p.streamWords)
  private val scaled = product.io.product.zip(waiting).map { case (r, v) => Delay.step(Mux(scales.asBool, r, v), p.wordBits) }
  private val (modulus1, adds1) = (Delay.step(modulus, p.wordBits), RegNext(adds.asBool))
  lanes.io.result := VecInit(scaled.zip(beside).map { case (v, y) =>
    Delay.step(Mux(adds1, Residue.add(v, Delay.step(y, p.wordBits), modulus1), v), p.wordBits)
  })
  io.out <> lanes.io.out
}
