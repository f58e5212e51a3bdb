// One message of 32 MB, and one of 256 MB: how fast, and how much memory its sender and its receiver need for it.
import { libraries, type Name } from '../libraries.js'
import type { PageRemote } from '../stage/pages.js'
import { RendererMemory } from '../stage/rendererMemory.js'
import { type Figure, plain, type Sample, type Scene, type Work } from './work.js'

/** So much of its size may be left when a message counts as freed: a renderer's own memory comes and goes. */
const FREED = 0.1
const FREED_WITHIN = 10_000

interface Usage {
  readonly peak: number
  readonly left: number
}

/** A page's memory above what it had before the message was made, in multiples of the message's size. */
class Meter {
  private readonly before: number

  constructor(
    private readonly page: PageRemote,
    private readonly memory: RendererMemory,
    private readonly size: number,
  ) {
    memory.reset()
    this.before = memory.now()
  }

  static async start(page: PageRemote, size: number): Promise<Meter> {
    await page.collectGarbage()
    return new Meter(page, await RendererMemory.of(page), size)
  }

  /** Nothing tells when memory was given back to the system: it is looked at until most of it is, or for 10 s. */
  async usage(): Promise<Usage> {
    const peak = (this.memory.peak() - this.before) / this.size
    const end = performance.now() + FREED_WITHIN
    const left = () => Math.max(0, (this.memory.now() - this.before) / this.size)
    while (left() > FREED && performance.now() < end) {
      await this.page.collectGarbage()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return { peak, left: left() }
  }
}

async function measure(library: Name, { stage, isQuick }: Scene, bytes: number): Promise<Sample> {
  const size = isQuick ? bytes / 4 : bytes
  const [sender, receiver] = await stage.group(library, 2)
  if (!sender || !receiver) throw new Error('no pages')
  // One after the other: each is found by the time that it uses up.
  const sending = await Meter.start(sender, size)
  const receiving = await Meter.start(receiver, size)
  await sender.call('make', size)
  const received = receiver.call('received', 1, 15_000)
  const sent = await sender.call('sendMade', 'paced')
  const { count, last, wrong } = await received
  if (count === 0) throw new Error(sent.reason || 'nothing arrived')
  const [ofSender, ofReceiver] = [await sending.usage(), await receiving.usage()]
  return {
    figures: {
      rate: size / 1000 / (last - sent.began),
      sender: ofSender.peak,
      receiver: ofReceiver.peak,
      senderLeft: ofSender.left,
      receiverLeft: ofReceiver.left,
    },
    note: wrong > 0 ? 'damaged' : '',
  }
}

const memory = (id: string, title: string, bound: number): Figure => ({
  id,
  title,
  unit: '× its size',
  better: 'less',
  targets: [{ of: 'ours', against: [], bound }],
})

function work(megabytes: number, contenders: readonly Name[]): Work {
  const title = `One message of ${megabytes} MB`
  return {
    name: `one-${megabytes}`,
    title,
    text: `From the call of send to the arrival of the whole message at one receiver. Memory is what the process of the page holds (its resident set: heap, buffers, WebRTC's queues) above what it held before the message was made, so the sender's includes the message itself; its peak is the kernel's. What is left is looked at after garbage collections, for at most 10 s. A raw channel carries no message above 256 KiB.`,
    contenders: contenders.map((name) => plain(name, libraries[name].title)),
    figures: [
      {
        id: 'rate',
        title,
        unit: 'MB/s',
        better: 'more',
        reference: 'trystero',
        targets: [{ of: 'ours', against: ['trystero'], bound: 1 }],
      },
      memory('sender', `${title}: peak memory of its sender`, 2.5),
      memory('receiver', `${title}: peak memory of its receiver`, 2.5),
      memory('senderLeft', `${title}: not freed by its sender`, FREED),
      memory('receiverLeft', `${title}: not freed by its receiver`, FREED),
    ],
    isMain: false,
    deadline: 58_000,
    measure: ({ library }, scene) => measure(library, scene, megabytes * 1e6),
  }
}

export const big: readonly Work[] = [
  work(32, ['ours', 'trystero', 'rawWebSocket', 'netflux4', 'peerjs', 'ywebrtc']),
  work(256, ['ours', 'trystero', 'rawWebSocket']),
]
